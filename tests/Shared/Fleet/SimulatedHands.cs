using System.Collections.Concurrent;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Protos.Fleet.V1;
using Google.Protobuf.Collections;

namespace FasterSeg.Tests;

/// <summary>What a simulated device has in its hands: leases that it works at, and what the fleet has not said that it has. Safe for use by
/// all of the device's loops.</summary>
internal sealed class SimulatedHands(string name, SimulatedCard card)
{
    private sealed record Lease(long Id, string Job, Queue<StintItem> Items, Stint? Stint, ModelStint? Model);

    /// <summary>What is measured next.</summary>
    /// <param name="Lease">Its lease.</param>
    /// <param name="Key">An operator's key, or <c>model</c>; null of a stint without items.</param>
    internal sealed record Piece(long Lease, string? Key);

    private readonly Lock gate = new();

    // In the order in which they came; the first is worked at.
    private readonly List<Lease> leases = [];

    // What the fleet has not said that it has: results, and ends behind them.
    private readonly List<(long Lease, int? Position, AgentMessage Message)> unkept = [];
    private readonly Dictionary<string, int> times = [];
    private int unsent;
    private bool isLeaving;

    /// <summary>Released with all that there is to be said.</summary>
    public SemaphoreSlim News { get; } = new(0);

    /// <summary>Released with all that there is to be measured.</summary>
    public SemaphoreSlim Work { get; } = new(0);

    /// <summary>How often each item of each job was measured.</summary>
    public ConcurrentDictionary<(string Job, int Position), int> Measured { get; } = [];

    /// <summary>Results that the fleet said it has.</summary>
    public int Kept { get; private set; }

    /// <summary>Hears of each of them; null where nobody listens.</summary>
    public Action<string, int>? Told { get; set; }

    /// <summary>Results that the fleet has not said that it has.</summary>
    public int Unkept
    {
        get
        {
            lock (gate)
                return unkept.Count(each => each.Position is not null);
        }
    }

    /// <summary>Items that are not measured.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return leases.Sum(lease => lease.Items.Count + (lease.Model is null ? 0 : 1));
        }
    }

    /// <summary>Whether nothing is left to be measured or said.</summary>
    public bool IsDone
    {
        get
        {
            lock (gate)
                return unkept.Count == 0 && leases.Count == 0;
        }
    }

    /// <summary>All is gone, as with the device's power.</summary>
    public void Clear()
    {
        lock (gate)
        {
            leases.Clear();
            unkept.Clear();
            (unsent, isLeaving) = (0, false);
        }
    }

    /// <summary>Gives all leases back, and those that still come.</summary>
    public void Leave()
    {
        lock (gate)
        {
            isLeaving = true;
            foreach (Lease lease in leases)
                GiveBack(lease.Id);
            leases.Clear();
        }
        News.Release();
        Work.Release();
    }

    /// <summary>Says in a hello what there is.</summary>
    public void Tell(Hello hello)
    {
        lock (gate)
        {
            hello.Leases.Add(leases.Select(lease => lease.Id).Union(unkept.Select(each => each.Lease)));
            hello.Condition = new() { Leaving = isLeaving };
        }
    }

    /// <summary>A welcome names the leases that are still the device's; what is not kept is said again.</summary>
    public void Welcomed(RepeatedField<long> had)
    {
        lock (gate)
        {
            leases.RemoveAll(lease => !had.Contains(lease.Id));
            unsent = unkept.Count;
        }
    }

    /// <summary>A call has ended in which leases were named that are not the device's any more.</summary>
    public void Ended(RepeatedField<long> named, RepeatedField<long> had)
    {
        lock (gate)
            unkept.RemoveAll(each => named.Contains(each.Lease) && !had.Contains(each.Lease));
    }

    /// <summary>What is to be said next; null where nothing is.</summary>
    /// <param name="said">What the fleet knows of the device's condition.</param>
    public AgentMessage? Next(Condition said)
    {
        lock (gate)
        {
            if (said.Leaving != isLeaving)
                return new() { Condition = new() { Leaving = isLeaving } };
            if (unsent == 0)
                return null;
            var next = unkept[^unsent--];
            // An end is sent once more after a break only as long as results before it are.
            if (next.Position is null && !unkept.Exists(each => each.Lease == next.Lease && each.Position is not null))
                unkept.Remove(next);
            return next.Message;
        }
    }

    /// <summary>A stint.</summary>
    public void Begin(Stint stint) => Begin(new Lease(stint.Lease, stint.JobId, new(stint.Items), stint, null));

    /// <summary>A network whose file has come.</summary>
    public void Begin(ModelStint stint) => Begin(new Lease(stint.Lease, stint.JobId, [], null, stint));

    /// <summary>A lease is taken away.</summary>
    public void Revoke(long id)
    {
        lock (gate)
        {
            leases.RemoveAll(lease => lease.Id == id);
            Forget(each => each.Lease == id);
        }
    }

    /// <summary>The fleet has results.</summary>
    public void Keep(Kept kept)
    {
        lock (gate)
        {
            HashSet<int> positions = [.. kept.Positions];
            if (Told is not null)
            {
                foreach (var each in unkept.Where(each => each.Lease == kept.Lease && each.Message.Result is not null))
                {
                    if (positions.Contains(each.Position!.Value))
                        Told(each.Message.Result.JobId, each.Position.Value);
                }
            }
            Kept += Forget(each => each.Lease == kept.Lease && each.Position is { } position && positions.Contains(position));
            if (!unkept.Exists(each => each.Lease == kept.Lease && each.Position is not null))
            {
                // An end that was sent behind them has nothing left to wait for.
                int end = unkept.FindIndex(0, unkept.Count - unsent, each => each.Lease == kept.Lease);
                if (end >= 0)
                    unkept.RemoveAt(end);
            }
            News.Release();
        }
    }

    /// <summary>What is measured next; null where there is nothing.</summary>
    public Piece? First()
    {
        lock (gate)
            return leases is [var lease, ..] ? new(lease.Id, KeyOf(lease)) : null;
    }

    /// <summary>A piece was measured; it may have been taken away meanwhile.</summary>
    public void Measure(Piece piece)
    {
        lock (gate)
        {
            if (leases.Find(lease => lease.Id == piece.Lease) is not { } lease)
                return;
            if (lease.Items.TryDequeue(out StintItem? item))
                Measure(lease, item);
            else if (lease.Model is { } model)
                Measure(lease, model);
            if (lease.Items.Count > 0)
                return;
            var end = new StintEnd { Lease = lease.Id, Loaded = card.Loaded };
            if (lease.Stint?.Space is { } space)
            {
                string sentinel = TableBuilder.SentinelOf(SpaceMapping.Read(space, _ => { })).ToString();
                end.SentinelMs.Add([Again(sentinel).MedianMs, Again(sentinel).MedianMs]);
            }
            Post(lease.Id, null, new() { End = end });
            leases.Remove(lease);
        }
    }

    private static string? KeyOf(Lease lease) =>
        lease.Items.TryPeek(out StintItem? item) ? item.Key
        : lease.Model is null ? null
        : "model";

    private void Begin(Lease lease)
    {
        lock (gate)
        {
            if (isLeaving)
                GiveBack(lease.Id);
            else
                leases.Add(lease);
        }
        Work.Release();
    }

    private void Measure(Lease lease, StintItem item)
    {
        LatencyEntry entry = Again(item.Key);
        Count(lease.Job, item.Position);
        var result = new OperatorResult
        {
            Lease = lease.Id,
            JobId = lease.Job,
            Position = item.Position,
            Entry = LatencyTableJson.SerializeEntry(entry),
            Samples = { SimulatedCard.Samples(entry) },
        };
        Post(lease.Id, item.Position, new() { Result = result });
    }

    private void Measure(Lease lease, ModelStint model)
    {
        Count(lease.Job, model.Position);
        var result = new ModelResult
        {
            Lease = lease.Id,
            JobId = lease.Job,
            Position = model.Position,
        };
        if (card.Refuses(model.Bytes) is { } sentence)
            result.Refusal = new() { Field = "chunk", Sentence = sentence };
        else
            result.Response = card.MeasureModel(card.Hello(name), model.Bytes);
        Post(lease.Id, model.Position, new() { Model = result });
    }

    private LatencyEntry Again(string key) => card.Measure(key, times[key] = times.GetValueOrDefault(key) + 1);

    private void Count(string job, int position) => Measured.AddOrUpdate((job, position), 1, (_, before) => before + 1);

    private void GiveBack(long lease)
    {
        var end = new StintEnd { Lease = lease, Reason = "The device leaves the fleet." };
        Post(lease, null, new() { End = end });
    }

    private void Post(long lease, int? position, AgentMessage message)
    {
        unkept.Add((lease, position, message));
        unsent++;
        News.Release();
    }

    private int Forget(Predicate<(long Lease, int? Position, AgentMessage Message)> which)
    {
        int sent = unkept.Count - unsent;
        unsent -= unkept.Skip(sent).Count(each => which(each));
        return unkept.RemoveAll(which);
    }
}
