namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Whether the device is there. It is lost when even a tiny convolution cannot be measured (<see cref="DeviceProbe"/>).</summary>
public sealed class DeviceHealth(ILogger<DeviceHealth> logger)
{
    private readonly Lock gate = new();
    private TaskCompletionSource lost = NewSignal(),
        found = NewSignal();
    private string? reason;

    /// <summary>Why the device is lost; null while it is there.</summary>
    public string? Reason
    {
        get
        {
            lock (gate)
                return reason;
        }
    }

    /// <summary>Ends when the device is lost.</summary>
    public Task Lost
    {
        get
        {
            lock (gate)
                return lost.Task;
        }
    }

    /// <summary>Passes while the device is there.</summary>
    /// <exception cref="DeviceLostException">It is lost.</exception>
    public void ThrowIfLost()
    {
        lock (gate)
        {
            if (reason is not null)
                throw new DeviceLostException(
                    $"The device is lost: {reason.TrimEnd('.')}. The profiler goes on looking for it; ask again later.",
                    found.Task
                );
        }
    }

    /// <summary>Notes that the device is lost, and why.</summary>
    public void NoteLost(string why)
    {
        TaskCompletionSource? signal = null;
        lock (gate)
        {
            if (reason is null)
            {
                signal = lost;
                found = NewSignal();
                logger.LogError("The device is lost: {Reason}", why);
            }
            reason = why;
        }
        signal?.TrySetResult();
    }

    /// <summary>Notes that the device is there.</summary>
    public void NoteFound()
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (reason is null)
                return;
            reason = null;
            signal = found;
            lost = NewSignal();
            logger.LogWarning("The device is there again");
        }
        signal.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
