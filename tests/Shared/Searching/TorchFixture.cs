using System.Runtime.CompilerServices;
using FasterSeg.Search.Native;

namespace FasterSeg.Tests;

/// <summary>Loads libtorch before any test of this assembly touches a tensor.</summary>
internal static class TorchFixture
{
    // A module initializer is the one place that runs before every test class, in whatever order they come.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        // Tests run side by side, and beside other programs: with more threads than cores the threads of an operation wait for each other,
        // spinning.
        TorchLoader.Load(threads: 1);
    }
}
