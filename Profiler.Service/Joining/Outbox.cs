using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>
/// What the fleet is to be told of leases, in order. A result stays here until the fleet says that it has it for good, and is sent again on
/// each call before that; a lease's end stays as long as its results do. Safe for use by any number of threads.
/// </summary>
internal sealed class Outbox
{
    private sealed class Letter(long lease, int? position, AgentMessage message)
    {
        public long Lease => lease;

        // Null where it is the lease's end.
        public int? Position => position;

        public AgentMessage Message => message;

        public bool IsSent { get; set; }

        // Late, and sent for what it is worth.
        public bool IsLast { get; set; }
    }

    private readonly Lock gate = new();
    private readonly List<Letter> letters = [];
    private readonly Signal changed = new();

    /// <summary>Ends with the next change. Who looks takes it before the look.</summary>
    public Task Changed => changed.Next;

    /// <summary>Whether nothing is left to be sent or kept.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return letters.Count == 0;
        }
    }

    /// <summary>The leases that something is left of.</summary>
    public IReadOnlyList<long> Leases
    {
        get
        {
            lock (gate)
                return [.. letters.Select(letter => letter.Lease).Distinct()];
        }
    }

    /// <summary>Adds an operator's result.</summary>
    public void Add(OperatorResult result) => Add(result.Lease, result.Position, new() { Result = result });

    /// <summary>Adds a model's result.</summary>
    public void Add(ModelResult result) => Add(result.Lease, result.Position, new() { Model = result });

    /// <summary>Adds a lease's end.</summary>
    public void Add(StintEnd end) => Add(end.Lease, null, new() { End = end });

    /// <summary>The next message that this call has not sent; null where there is none.</summary>
    public AgentMessage? Take()
    {
        lock (gate)
        {
            if (letters.Find(letter => !letter.IsSent) is not { } next)
                return null;
            next.IsSent = true;
            if (next.IsLast || (next.Position is null && !HasResults(next.Lease)))
                letters.Remove(next);
            return next.Message;
        }
    }

    /// <summary>A new call: whatever is still here has yet to be sent on it.</summary>
    public void Rewind() => Change(() => letters.ForEach(letter => letter.IsSent = false));

    /// <summary>The fleet has these results for good.</summary>
    public void Keep(long lease, IEnumerable<int> positions)
    {
        HashSet<int> kept = [.. positions];
        Change(() =>
        {
            letters.RemoveAll(letter => letter.Lease == lease && letter.Position is { } position && kept.Contains(position));
            if (!HasResults(lease))
                letters.RemoveAll(letter => letter.Lease == lease && letter.IsSent);
        });
    }

    /// <summary>The fleet wants nothing of this lease any more.</summary>
    public void Drop(long lease) => Change(() => letters.RemoveAll(letter => letter.Lease == lease));

    /// <summary>The fleet does not know this lease any more: what is here of it is sent once, where it may count all the same.</summary>
    public void SendLast(long lease) => Change(() => letters.ForEach(letter => letter.IsLast |= letter.Lease == lease));

    private void Add(long lease, int? position, AgentMessage message) => Change(() => letters.Add(new(lease, position, message)));

    private bool HasResults(long lease) => letters.Exists(letter => letter.Lease == lease && letter.Position is not null);

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            changed.Raise();
        }
    }
}
