namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Looks how fast the machine is. To be called on the device thread: a measurement beside it would count as others'
/// work.</summary>
public interface IHostProbe
{
    /// <summary>Looks; takes some 60 ms.</summary>
    HostPace Read();
}
