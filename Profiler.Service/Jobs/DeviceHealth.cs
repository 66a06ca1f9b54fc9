namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Whether the device is there. It is lost when even a tiny convolution cannot be measured (<see cref="DeviceProbe"/>).</summary>
public sealed class DeviceHealth(ILogger<DeviceHealth> logger)
{
    private readonly Lock gate = new();
    private readonly Signal changed = new();
    private string? reason;
    private bool isDevice = true;

    /// <summary>Why the device is lost; null while it is there.</summary>
    public string? Reason
    {
        get
        {
            lock (gate)
                return reason;
        }
    }

    /// <summary>Ends when it is lost or found next. Who looks at the reason takes it before the look, and misses nothing.</summary>
    public Task Changed => changed.Next;

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
                    isDevice ? $"The device is lost: {reason.TrimEnd('.')}. The profiler goes on looking for it; ask again later." : reason,
                    changed.Next
                );
        }
    }

    /// <summary>Notes that the device is lost, and why.</summary>
    /// <param name="why">Why.</param>
    /// <param name="ofDevice">False where something else of the machine keeps it from measuring, which the reason then says in a
    /// sentence.</param>
    public void NoteLost(string why, bool ofDevice = true)
    {
        lock (gate)
        {
            bool wasThere = reason is null;
            (reason, isDevice) = (why, ofDevice);
            if (!wasThere)
                return;
            logger.LogError(ofDevice ? "The device is lost: {Reason}" : "{Reason}", why);
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
            logger.LogWarning(isDevice ? "The device is there again" : "The device measures again");
            changed.Raise();
        }
    }
}
