namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Whether the device is there. It is lost when even a tiny convolution cannot be measured (<see cref="DeviceProbe"/>).</summary>
public sealed class DeviceHealth(ILogger<DeviceHealth> logger)
{
    private readonly Lock gate = new();
    private readonly Signal changed = new();
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

    /// <summary>Ends when the device is lost; ended while it is.</summary>
    public Task Lost
    {
        get
        {
            lock (gate)
                return reason is null ? changed.Next : Task.CompletedTask;
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
                    changed.Next
                );
        }
    }

    /// <summary>Notes that the device is lost, and why.</summary>
    public void NoteLost(string why)
    {
        lock (gate)
        {
            bool wasThere = reason is null;
            reason = why;
            if (!wasThere)
                return;
            logger.LogError("The device is lost: {Reason}", why);
            changed.Raise();
        }
    }

    /// <summary>Notes that the device is there.</summary>
    public void NoteFound()
    {
        lock (gate)
        {
            if (reason is null)
                return;
            reason = null;
            logger.LogWarning("The device is there again");
            changed.Raise();
        }
    }
}
