namespace FasterSeg.Profiler.Service.Store;

/// <summary>What may be wrong with a store, the worst first.</summary>
public enum StoreFault
{
    /// <summary>Its folder or file is not there any more.</summary>
    Gone,

    /// <summary>Its file is damaged.</summary>
    Damaged,

    /// <summary>It takes nothing any more, mostly since the disk is full.</summary>
    Full,
}

/// <summary>Whether the store keeps what it is given.</summary>
public sealed class StoreHealth(ILogger<StoreHealth> logger)
{
    private readonly Lock gate = new();
    private readonly Signal changed = new();
    private readonly SortedDictionary<StoreFault, string> faults = [];

    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    public string? Reason
    {
        get
        {
            lock (gate)
                return faults.Values.FirstOrDefault();
        }
    }

    /// <summary>Ends when something was found wrong, or is right again.</summary>
    public Task Change => changed.Next;

    /// <summary>Whether this is wrong.</summary>
    public bool Has(StoreFault fault)
    {
        lock (gate)
            return faults.ContainsKey(fault);
    }

    /// <summary>Notes that something is wrong; the log says so once.</summary>
    public void Note(StoreFault fault, string sentence)
    {
        lock (gate)
        {
            if (!faults.TryAdd(fault, sentence))
                return;
            logger.LogError("{Reason}", sentence);
            changed.Raise();
        }
    }

    /// <summary>Notes that it is right again.</summary>
    public void NoteMended(StoreFault fault)
    {
        lock (gate)
        {
            if (!faults.Remove(fault))
                return;
            logger.LogWarning("The store is no longer {Fault}", fault.ToString().ToLowerInvariant());
            changed.Raise();
        }
    }
}
