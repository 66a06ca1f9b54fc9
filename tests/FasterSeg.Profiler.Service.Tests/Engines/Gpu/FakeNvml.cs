using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Engines.Monitoring;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

/// <summary>A driver without hardware, whose readings a test sets.</summary>
internal sealed class FakeNvml : INvml, IDeviceMonitor
{
    public static GpuDevice Card { get; } = new("NVIDIA GeForce GTX 1080 Ti", "GPU-4c0f", new(6, 1), 11_264L << 20);

    public string? Driver { get; init; } = "580.65.06";

    public Version? Cuda => new(13, 0);

    public GpuReading Reading { get; set; } = new(1911, 5505, 2012, 5505, 61, 187.3, ThrottleReasons.SoftwarePowerCap);

    public int Looks { get; private set; }

    public IReadOnlyList<GpuDevice> Devices() => Driver is null ? [] : [Card];

    public IDeviceMonitor Monitor(int device) => this;

    public GpuReading Read()
    {
        Looks++;
        return Reading;
    }
}
