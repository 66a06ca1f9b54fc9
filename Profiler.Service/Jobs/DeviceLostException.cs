namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>The device does not measure any more, whatever it is given; the message is a sentence that says why.</summary>
/// <param name="message">Why, and what happens next.</param>
/// <param name="found">Ends when the device is there again.</param>
public sealed class DeviceLostException(string message, Task found) : Exception(message)
{
    /// <summary>Ends when the device is there again.</summary>
    public Task Found => found;
}
