namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>Reads one GPU through NVML.</summary>
internal sealed class NvmlMonitor(nint device) : IDeviceMonitor
{
    private readonly int? maximumSm = Clock(NvmlApi.MaximumClock(device, NvmlApi.SmClock, out uint mhz), mhz);
    private readonly int? maximumMemory = Clock(NvmlApi.MaximumClock(device, NvmlApi.MemoryClock, out uint mhz), mhz);

    public GpuReading Read() =>
        new(
            Clock(NvmlApi.Clock(device, NvmlApi.SmClock, out uint sm), sm),
            Clock(NvmlApi.Clock(device, NvmlApi.MemoryClock, out uint memory), memory),
            maximumSm,
            maximumMemory,
            Clock(NvmlApi.Temperature(device, NvmlApi.ChipSensor, out uint celsius), celsius),
            NvmlApi.Power(device, out uint milliwatts) == NvmlApi.Success ? milliwatts / 1000.0 : null,
            NvmlApi.Throttling(device, out ulong reasons) == NvmlApi.Success ? (ThrottleReasons)reasons : ThrottleReasons.None
        );

    private static int? Clock(int status, uint value) => status == NvmlApi.Success ? (int)value : null;
}
