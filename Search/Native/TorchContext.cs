using System.Runtime.InteropServices;

namespace FasterSeg.Search.Native;

/// <summary>Switches of libtorch's global context that TorchSharp does not show, by the names that its library exports.</summary>
internal static unsafe class TorchContext
{
    // Names as the Itanium ABI mangles them, which GCC and Clang follow.
    private const string Global = "_ZN2at13globalContextEv",
        NnPack = "_ZN2at7Context20setUserEnabledNNPACKEb",
        OneDnn = "_ZN2at7Context20setUserEnabledMkldnnEb";

    /// <summary>
    /// Turns NNPACK off: a convolution looks at this switch before it asks for NNPACK. Only convolutions of 16 images and more that oneDNN
    /// does not take would go there; but where NNPACK does not know the processor, each small one asks and warns.
    /// </summary>
    public static void DisableNnPack(IntPtr library) => Disable(library, NnPack);

    /// <summary>Turns oneDNN off.</summary>
    /// <returns>False where this build of libtorch cannot be told.</returns>
    public static bool DisableOneDnn(IntPtr library) => Disable(library, OneDnn);

    private static bool Disable(IntPtr library, string name)
    {
        if (
            OperatingSystem.IsWindows()
            || !NativeLibrary.TryGetExport(library, Global, out IntPtr global)
            || !NativeLibrary.TryGetExport(library, name, out IntPtr switching)
        )
            return false;
        // A member function takes its object as the first argument.
        ((delegate* unmanaged<IntPtr, byte, void>)switching)(((delegate* unmanaged<IntPtr>)global)(), 0);
        return true;
    }
}
