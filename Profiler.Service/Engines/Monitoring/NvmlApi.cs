using System.Reflection;
using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>
/// The few calls of NVIDIA's management library that are needed here, as its header declares them. By hand: builds for the CPU look for a
/// GPU too, and have no package of CUDA.
/// </summary>
internal static partial class NvmlApi
{
    public const int Success = 0;
    public const int SmClock = 1;
    public const int MemoryClock = 2;
    public const int ChipSensor = 0;

    /// <summary>Bytes of a name, version or UUID that always suffice (NVML's own largest one is 96).</summary>
    public const int TextBytes = 96;

    private const string Library = "nvml";

    static NvmlApi() => NativeLibrary.SetDllImportResolver(typeof(NvmlApi).Assembly, Resolve);

    /// <summary>The driver brings it under different names.</summary>
    public static string FileName => OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1";

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    public static partial int Init();

    [LibraryImport(Library, EntryPoint = "nvmlSystemGetDriverVersion")]
    public static partial int DriverVersion(Span<byte> version, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlSystemGetCudaDriverVersion_v2")]
    public static partial int CudaDriverVersion(out int version);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    public static partial int Count(out uint count);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    public static partial int Handle(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetName")]
    public static partial int Name(nint device, Span<byte> name, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetUUID")]
    public static partial int Uuid(nint device, Span<byte> uuid, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCudaComputeCapability")]
    public static partial int ComputeCapability(nint device, out int major, out int minor);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    public static partial int MemoryInfo(nint device, out Memory memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetClockInfo")]
    public static partial int Clock(nint device, int type, out uint mhz);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMaxClockInfo")]
    public static partial int MaximumClock(nint device, int type, out uint mhz);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetTemperature")]
    public static partial int Temperature(nint device, int sensor, out uint celsius);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetPowerUsage")]
    public static partial int Power(nint device, out uint milliwatts);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCurrentClocksThrottleReasons")]
    public static partial int Throttling(nint device, out ulong reasons);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeLibrary.Load(FileName, assembly, path) : 0;

    internal struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
