using System.Runtime.InteropServices;
using Xunit;

namespace FasterSeg.Search.Tests.Native;

public class TorchContextTests
{
    private delegate IntPtr Global();

    private delegate byte IsEnabled(IntPtr context);

    /// <summary>On a processor that NNPACK does not know, each convolution that asks for it prints a line.</summary>
    [Fact]
    public void No_convolution_asks_for_NNPACK()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names of functions are those of Linux.");
        string[] files = Directory.GetFiles(AppContext.BaseDirectory, "libtorch_cpu.so", SearchOption.AllDirectories);
        // The fixture has loaded it already: this is the same one.
        IntPtr library = NativeLibrary.Load(Assert.Single(files));
        IntPtr context = Function<Global>(library, "_ZN2at13globalContextEv")();
        Assert.Equal(0, Function<IsEnabled>(library, "_ZNK2at7Context17userEnabledNNPACKEv")(context));
        // The switch is read rightly: oneDNN's is on, unless the kernels in use do without.
        bool plain = FasterSeg.Search.Native.TorchLoader.Kernels is { Kernels.OneDnn: false };
        Assert.Equal(plain ? 0 : 1, Function<IsEnabled>(library, "_ZNK2at7Context17userEnabledMkldnnEv")(context));
    }

    private static T Function<T>(IntPtr library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
}
