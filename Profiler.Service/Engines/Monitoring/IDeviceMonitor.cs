namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>Looks at a GPU's clocks, temperature, power and throttling.</summary>
public interface IDeviceMonitor
{
    /// <summary>How the device is now. Costs some ten microseconds to a millisecond, so not between any two runs.</summary>
    GpuReading Read();
}
