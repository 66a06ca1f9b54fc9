using System.Collections.Concurrent;
using System.Net.Sockets;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Tests;

/// <summary>
/// A device that speaks with a fleet over a real connection as fasterseg-profiler does, and measures nothing: an item takes as long as is
/// said. It has no thread and no timer of its own but the waits of its three loops, so that thousands of them run in one process.
/// </summary>
internal sealed class SimulatedDevice : IAsyncDisposable
{
    private sealed record Lease(string Job, Queue<StintItem> Items, Stint? Stint, ModelStint? Model)
    {
        public List<double> SentinelMs { get; } = [];
    }

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25),
        LongestPause = TimeSpan.FromSeconds(5),
        Goodbye = TimeSpan.FromSeconds(2);

    private readonly string name;
    private readonly SimulatedCard card;
    private readonly IReadOnlyList<Uri> fleets;
    private readonly Func<Uri, GrpcChannel>? shared;
    private readonly string? key;
    private readonly Lock gate = new();
    private readonly Random random;
    private readonly Dictionary<Uri, GrpcChannel> own = [];

    // In the order in which they came; the first is worked at.
    private readonly List<(long Id, Lease Lease)> leases = [];

    // What the fleet has not said that it has: results, and ends behind them.
    private readonly List<(long Lease, int? Position, AgentMessage Message)> unkept = [];
    private readonly Dictionary<string, int> times = [];
    private readonly SemaphoreSlim news = new(0),
        work = new(0);
    private int unsent;
    private CancellationTokenSource alive = new();
    private CancellationTokenSource? call;
    private TaskCompletionSource? thaw;
    private Condition condition = new();
    private Task life = Task.CompletedTask;
    private int turn;
    private bool hasLeft;

    /// <param name="name">By which it joins.</param>
    /// <param name="card">What it would measure.</param>
    /// <param name="fleets">The nodes, called one after the other.</param>
    /// <param name="key">A device's key; null sends none.</param>
    /// <param name="channels">Channels that devices share, whose owner closes them; null gives each device connections of its own.</param>
    public SimulatedDevice(
        string name,
        SimulatedCard card,
        IReadOnlyList<Uri> fleets,
        string? key = null,
        Func<Uri, GrpcChannel>? channels = null
    )
    {
        (this.name, this.card, this.fleets, this.key, shared) = (name, card, fleets, key, channels);
        random = new(card.Seed);
        turn = random.Next(fleets.Count);
    }

    /// <summary>How long an item takes, by its key; a model's is <c>model</c>.</summary>
    public Func<string, TimeSpan> Takes { get; set; } = _ => TimeSpan.FromSeconds(1);

    /// <summary>By which it joins.</summary>
    public string Name => name;

    /// <summary>Whether the fleet has welcomed it and its call stands.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>What the newest welcome said; null before the first.</summary>
    public Welcome? Welcome { get; private set; }

    /// <summary>How often it was welcomed.</summary>
    public int Welcomes { get; private set; }

    /// <summary>Why it was dismissed; null where it was not.</summary>
    public string? Dismissed { get; private set; }

    /// <summary>How its last call failed; null where none has.</summary>
    public RpcException? Fault { get; private set; }

    /// <summary>How often it has measured each item of each job.</summary>
    public ConcurrentDictionary<(string Job, int Position), int> Measured { get; } = [];

    /// <summary>Results that the fleet said it has.</summary>
    public int Kept { get; private set; }

    /// <summary>Items in its hands that it has not measured.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return leases.Sum(each => each.Lease.Items.Count + (each.Lease.Model is null ? 0 : 1));
        }
    }

    /// <summary>Switches it on.</summary>
    public void Start()
    {
        (alive, Dismissed, hasLeft) = (new(), null, false);
        CancellationToken token = alive.Token;
        life = Task.WhenAll(
            Task.Run(() => CallAsync(token), CancellationToken.None),
            Task.Run(() => WorkAsync(token), CancellationToken.None)
        );
    }

    /// <summary>Loses its power: the connection breaks without a word, and all that it had in hand is gone.</summary>
    public async Task KillAsync()
    {
        await alive.CancelAsync();
        Wake();
        CloseChannels();
        await life;
        CloseChannels();
        lock (gate)
        {
            leases.Clear();
            unkept.Clear();
            unsent = 0;
            condition = new();
        }
    }

    /// <summary>Stands still as after SIGSTOP: its connection stays, and nothing is heard, said or measured.</summary>
    public void Freeze()
    {
        lock (gate)
            thaw ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Goes on where it stood still.</summary>
    public void Wake()
    {
        lock (gate)
        {
            thaw?.TrySetResult();
            thaw = null;
        }
    }

    /// <summary>Its call breaks; it measures on and calls the next node.</summary>
    public void DropCall()
    {
        lock (gate)
            _ = call?.CancelAsync();
    }

    /// <summary>Says that it is lost, and measures nothing; with null, that it is there again.</summary>
    public void Lose(string? reason) => Say(new() { Lost = reason ?? "" });

    /// <summary>Says that it leaves, gives back what it has, and ends its call when the fleet has the rest; it can be started
    /// again.</summary>
    public void Leave()
    {
        Say(new() { Leaving = true });
        lock (gate)
        {
            foreach ((long id, _) in leases)
                Post(
                    id,
                    null,
                    new()
                    {
                        End = new() { Lease = id, Reason = "The device leaves the fleet." },
                    }
                );
            leases.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        alive.Dispose();
    }

    private void Say(Condition said)
    {
        lock (gate)
            condition = said;
        news.Release();
        work.Release();
    }

    private async Task CallAsync(CancellationToken token)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (!token.IsCancellationRequested && Dismissed is null && !hasLeft)
        {
            bool stood = false;
            try
            {
                stood = await OneCallAsync(fleets[turn++ % fleets.Count], token);
            }
            catch (RpcException fault)
            {
                Fault = fault;
                stood = IsAttached;
            }
            catch (Exception fault) when (fault is OperationCanceledException or InvalidOperationException or ObjectDisposedException)
            {
                stood = IsAttached;
            }
            IsAttached = false;
            // At once after a call that stood, then with growing pauses.
            pause =
                stood ? TimeSpan.Zero
                : pause == TimeSpan.Zero ? FirstPause
                : pause * 2 < LongestPause ? pause * 2
                : LongestPause;
            await Quiet(Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), token));
        }
    }

    private async Task<bool> OneCallAsync(Uri fleet, CancellationToken token)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        lock (gate)
            call = ended;
        await FrozenAsync();
        using AsyncDuplexStreamingCall<AgentMessage, FleetMessage> open = new AgentService.AgentServiceClient(Channel(fleet)).Attach(
            key is null ? [] : new Metadata { { "authorization", "Bearer " + key } },
            cancellationToken: ended.Token
        );
        Hello hello = card.Hello(name);
        lock (gate)
        {
            hello.Leases.Add(leases.Select(each => each.Id).Union(unkept.Select(each => each.Lease)));
            hello.Condition = condition.Clone();
        }
        Task<bool> answer = open.ResponseStream.MoveNext(ended.Token);
        await Quiet(open.RequestStream.WriteAsync(new() { Hello = hello }, ended.Token));
        if (!await answer || open.ResponseStream.Current.Welcome is not { } welcome)
            return false;
        await FrozenAsync();
        lock (gate)
        {
            HashSet<long> had = [.. welcome.Leases];
            leases.RemoveAll(each => !had.Contains(each.Id));
            unsent = unkept.Count;
            (Welcome, Welcomes, IsAttached) = (welcome, Welcomes + 1, true);
        }
        Task hearing = HearAsync(open.ResponseStream, hello, ended.Token),
            telling = TellAsync(open.RequestStream, hello.Condition, TimeSpan.FromSeconds(welcome.SignSeconds), ended.Token);
        Task first = await Task.WhenAny(hearing, telling);
        // All is said; who hangs up at once would break the call off.
        if (hasLeft)
            await Task.WhenAny(hearing, Task.Delay(Goodbye, token));
        lock (gate)
            unkept.RemoveAll(each => !welcome.Leases.Contains(each.Lease) && hello.Leases.Contains(each.Lease));
        await ended.CancelAsync();
        await Task.WhenAll(Quiet(hearing), Quiet(telling));
        await first;
        return true;
    }

    private async Task HearAsync(IAsyncStreamReader<FleetMessage> stream, Hello hello, CancellationToken token)
    {
        (ModelStint Stint, long Left)? receiving = null;
        while (await stream.MoveNext(token))
        {
            await FrozenAsync();
            FleetMessage message = stream.Current;
            switch (message.WhatCase)
            {
                case FleetMessage.WhatOneofCase.Stint:
                    Begin(message.Stint.Lease, new(message.Stint.JobId, new(message.Stint.Items), message.Stint, null));
                    break;
                case FleetMessage.WhatOneofCase.Model:
                    receiving = (message.Model, message.Model.Bytes);
                    break;
                case FleetMessage.WhatOneofCase.Chunk when receiving is { } part:
                    receiving = part with { Left = part.Left - message.Chunk.Length };
                    break;
                case FleetMessage.WhatOneofCase.Revocation:
                    Revoke(message.Revocation.Lease);
                    break;
                case FleetMessage.WhatOneofCase.Kept:
                    Keep(message.Kept);
                    break;
                case FleetMessage.WhatOneofCase.Dismissal:
                    Dismissed = message.Dismissal.Reason;
                    return;
            }
            if (receiving is { Left: <= 0 } whole)
            {
                Begin(whole.Stint.Lease, new(whole.Stint.JobId, [], null, whole.Stint));
                receiving = null;
            }
        }
    }

    private async Task TellAsync(IClientStreamWriter<AgentMessage> stream, Condition said, TimeSpan sign, CancellationToken token)
    {
        while (true)
        {
            AgentMessage? message = Next(said);
            if (message is null && said.Leaving && IsDone())
            {
                hasLeft = true;
                await stream.CompleteAsync();
                return;
            }
            if (message is null && await news.WaitAsync(sign, token))
                continue;
            await FrozenAsync();
            await stream.WriteAsync(message ?? new() { Sign = new() }, token);
            said = message?.Condition ?? said;
        }
    }

    private bool IsDone()
    {
        lock (gate)
            return unkept.Count == 0 && leases.Count == 0;
    }

    private AgentMessage? Next(Condition said)
    {
        lock (gate)
        {
            if (!condition.Equals(said))
                return new() { Condition = condition.Clone() };
            if (unsent == 0)
                return null;
            var next = unkept[^unsent--];
            // An end is sent once more after a break only as long as results before it are.
            if (next.Position is null && !unkept.Exists(each => each.Lease == next.Lease && each.Position is not null))
                unkept.Remove(next);
            return next.Message;
        }
    }

    private void Begin(long id, Lease lease)
    {
        lock (gate)
        {
            if (condition.Leaving)
                Post(
                    id,
                    null,
                    new()
                    {
                        End = new() { Lease = id, Reason = "The device leaves the fleet." },
                    }
                );
            else
                leases.Add((id, lease));
        }
        work.Release();
    }

    private void Revoke(long id)
    {
        lock (gate)
        {
            leases.RemoveAll(each => each.Id == id);
            Forget(each => each.Lease == id);
        }
    }

    private void Keep(Kept kept)
    {
        lock (gate)
        {
            HashSet<int> positions = [.. kept.Positions];
            Kept += Forget(each => each.Lease == kept.Lease && each.Position is { } position && positions.Contains(position));
            if (!unkept.Exists(each => each.Lease == kept.Lease && each.Position is not null))
            {
                // An end that was sent behind them has nothing left to wait for.
                int end = unkept.FindIndex(0, unkept.Count - unsent, each => each.Lease == kept.Lease);
                if (end >= 0)
                    unkept.RemoveAt(end);
            }
            news.Release();
        }
    }

    private int Forget(Predicate<(long Lease, int? Position, AgentMessage Message)> which)
    {
        int sent = unkept.Count - unsent;
        unsent -= unkept.Skip(sent).Count(each => which(each));
        return unkept.RemoveAll(which);
    }

    private async Task WorkAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                (long Id, Lease Lease)? first;
                lock (gate)
                    first = leases.Count == 0 || condition.Lost.Length > 0 ? null : leases[0];
                if (first is not { } present)
                {
                    await work.WaitAsync(token);
                    continue;
                }
                StintItem? item = present.Lease.Items.TryPeek(out StintItem? next) ? next : null;
                string what = item?.Key ?? "model";
                if (item is not null || present.Lease.Model is not null)
                    await Task.Delay(Takes(what), token);
                await FrozenAsync();
                lock (gate)
                {
                    // It may have been taken away meanwhile.
                    if (leases.Exists(each => each.Id == present.Id))
                        Note(present.Id, present.Lease, item);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Switched off.
        }
    }

    private void Note(long id, Lease lease, StintItem? item)
    {
        if (item is not null)
        {
            lease.Items.Dequeue();
            LatencyEntry entry = card.Measure(item.Key, Again(item.Key));
            Count(lease.Job, item.Position);
            Post(
                id,
                item.Position,
                new()
                {
                    Result = new()
                    {
                        Lease = id,
                        JobId = lease.Job,
                        Position = item.Position,
                        Entry = LatencyTableJson.SerializeEntry(entry),
                        Samples = { SimulatedCard.Samples(entry) },
                    },
                }
            );
        }
        else if (lease.Model is { } model)
        {
            Count(lease.Job, model.Position);
            var result = new ModelResult
            {
                Lease = id,
                JobId = lease.Job,
                Position = model.Position,
            };
            if (card.Refuses(model.Bytes) is { } sentence)
                result.Refusal = new() { Field = "chunk", Sentence = sentence };
            else
                result.Response = card.MeasureModel(card.Hello(name), model.Bytes);
            Post(id, model.Position, new() { Model = result });
        }
        if (lease.Items.Count > 0)
            return;
        var end = new StintEnd { Lease = id, Loaded = card.Loaded() };
        if (lease.Stint?.Space is { } space)
            end.SentinelMs.Add([Sentinel(space), Sentinel(space)]);
        Post(id, null, new() { End = end });
        leases.RemoveAll(each => each.Id == id);
    }

    private double Sentinel(Protos.Profiler.V1.SearchSpace space)
    {
        // As TableBuilder has it: the convolution on the 1/16 map at full width.
        int channels = SpaceMapping.Read(space, _ => { }) is { } read ? read.Channels(16, read.FullRatio) : 1;
        string sentinel = new Latency.Spaces.OperatorSpec(
            Latency.Spaces.OperatorKind.Conv,
            space.Height / 16,
            space.Width / 16,
            channels,
            channels
        ).ToString();
        return card.Measure(sentinel, Again(sentinel)).MedianMs;
    }

    private int Again(string what) => times[what] = times.GetValueOrDefault(what) + 1;

    private void Count(string job, int position) => Measured.AddOrUpdate((job, position), 1, (_, before) => before + 1);

    private void Post(long lease, int? position, AgentMessage message)
    {
        unkept.Add((lease, position, message));
        unsent++;
        news.Release();
    }

    private async Task FrozenAsync()
    {
        while (true)
        {
            Task? until;
            lock (gate)
                until = thaw?.Task;
            if (until is null)
                return;
            await until;
        }
    }

    private GrpcChannel Channel(Uri fleet)
    {
        if (shared is not null)
            return shared(fleet);
        lock (gate)
        {
            if (!own.TryGetValue(fleet, out GrpcChannel? channel))
                own[fleet] = channel = GrpcChannel.ForAddress(
                    fleet,
                    new GrpcChannelOptions
                    {
                        HttpHandler = new SocketsHttpHandler
                        {
                            // As the profiler's own: without it gRPC makes pauses after a failure, in which no call gets through.
                            ConnectCallback = ConnectAsync,
                            ConnectTimeout = TimeSpan.FromSeconds(5),
                            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
                            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                        },
                        DisposeHttpClient = true,
                    }
                );
            return channel;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void CloseChannels()
    {
        lock (gate)
        {
            foreach (GrpcChannel channel in own.Values)
                channel.Dispose();
            own.Clear();
        }
    }

    private static async Task Quiet(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception)
        {
            // Whoever asks for its result is told.
        }
    }
}
