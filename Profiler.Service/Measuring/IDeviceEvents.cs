namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Two events on a device's queue: what lies between them is timed by the device itself.</summary>
public interface IDeviceEvents
{
    /// <summary>Puts the first event into the queue.</summary>
    void Start();

    /// <summary>Puts the second one into the queue.</summary>
    void Stop();

    /// <summary>Waits until the device has passed the second event.</summary>
    /// <returns>Time from the first to the second, ms.</returns>
    double AwaitMs();
}
