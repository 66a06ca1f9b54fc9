using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FasterSeg.Search.Native;

/// <summary>Keeps from the user what libtorch says once to programmers.</summary>
internal static unsafe class TorchWarnings
{
    // Names as the Itanium ABI mangles them, which GCC and Clang follow.
    private const string Handler = "_ZN3c1012WarningUtils19get_warning_handlerEv",
        SetHandler = "_ZN3c1012WarningUtils19set_warning_handlerEPNS_14WarningHandlerE";

    /// <summary>
    /// Spends libtorch's one warning that a gradient lies otherwise in memory than it would choose: a slice's gradient that is a part of
    /// its superkernel's does (<see cref="Networks.Layers.KernelSlice"/>), and shall.
    /// </summary>
    /// <param name="library">libtorch.</param>
    public static void SpendLayoutWarning(IntPtr library)
    {
        if (
            !NativeLibrary.TryGetExport(library, Handler, out IntPtr get)
            || !NativeLibrary.TryGetExport(library, SetHandler, out IntPtr set)
        )
            return;
        // An object of C++ begins with the address of its virtual functions: here two destructors, which nobody calls, and process().
        var functions = stackalloc delegate* unmanaged<void*, void*, void>[3];
        functions[0] = functions[1] = functions[2] = &Ignore;
        void* deaf = functions;
        // Handlers belong to a thread, and ours is gone before this returns.
        IntPtr before = ((delegate* unmanaged<IntPtr>)get)();
        ((delegate* unmanaged<void*, void>)set)(&deaf);
        try
        {
            using IDisposable scope = NewDisposeScope();
            Tensor slice = zeros(2, 2).narrow(1, 0, 1);
            slice.requires_grad = true;
            slice.grad = zeros(2, 2).narrow(1, 0, 1);
            slice.sum().backward();
        }
        finally
        {
            ((delegate* unmanaged<IntPtr, void>)set)(before);
        }
    }

    [UnmanagedCallersOnly]
    private static void Ignore(void* self, void* warning) { }
}
