using System.Runtime.CompilerServices;

namespace FasterSeg.Tests;

/// <summary>Tests run side by side, each with profilers of its own: they and the programs that they start measure on one device.</summary>
internal static class SharedDevice
{
    [ModuleInitializer]
    internal static void Share() => Environment.SetEnvironmentVariable("FASTERSEG_SERVICE_SHARE_DEVICE", "true");
}
