using System.Collections.Concurrent;
using System.Net.Sockets;
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
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.5),
        FirstPause = TimeSpan.FromSeconds(0.25),
        LongestPause = TimeSpan.FromSeconds(5),
        LongestWelcome = TimeSpan.FromSeconds(20),
        Goodbye = TimeSpan.FromSeconds(2);

    private readonly string name;
    private readonly SimulatedCard card;
    private readonly IReadOnlyList<Uri> fleets;
    private readonly string? key;
    private readonly Lock gate = new();
    private readonly Random random;
    private readonly Dictionary<Uri, GrpcChannel> own = [];
    private readonly SimulatedHands hands;
    private CancellationTokenSource alive = new();
    private CancellationTokenSource? call;
    private TaskCompletionSource? thaw;
    private Task life = Task.CompletedTask;
    private int turn;
    private bool hasLeft;

    /// <param name="name">By which it joins.</param>
    /// <param name="card">What it would measure.</param>
    /// <param name="fleets">The nodes, called one after the other.</param>
    /// <param name="key">A device's key; null sends none.</param>
    public SimulatedDevice(string name, SimulatedCard card, IReadOnlyList<Uri> fleets, string? key = null)
    {
        random = new(card.Seed);
        // An order of its own, as the profiler draws one.
        Uri[] order = [.. fleets];
        random.Shuffle(order);
        (this.name, this.card, this.fleets, this.key) = (name, card, order, key);
        hands = new(name, card);
    }

    /// <summary>How long an item takes, by its key; a model's is <c>model</c>.</summary>
    public Func<string, TimeSpan> Takes { get; set; } = _ => TimeSpan.FromSeconds(1);

    /// <summary>Opens the connection for a node that it shares with other devices; null where it has its own, as a real one has.</summary>
    public Func<Uri, GrpcChannel>? Shared { get; init; }

    /// <summary>The node that it called last.</summary>
    public Uri? At { get; private set; }

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
    public ConcurrentDictionary<(string Job, int Position), int> Measured => hands.Measured;

    /// <summary>Results that the fleet said it has.</summary>
    public int Kept => hands.Kept;

    /// <summary>Hears of each result that the fleet said it has: job and position.</summary>
    public Action<string, int>? Told
    {
        set => hands.Told = value;
    }

    /// <summary>Results that it has measured and the fleet has not said that it has.</summary>
    public int Unkept => hands.Unkept;

    /// <summary>Items in its hands that it has not measured.</summary>
    public int Waiting => hands.Waiting;

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
        hands.Clear();
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

    /// <summary>Says that it leaves, gives back what it has, and ends its call when the fleet has the rest; it can be started
    /// again.</summary>
    public void Leave() => hands.Leave();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        alive.Dispose();
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
            catch (Exception fault)
                when (fault
                        is OperationCanceledException
                            or InvalidOperationException
                            or ObjectDisposedException
                            or IOException
                            or TimeoutException
                )
            {
                stood = IsAttached;
            }
            IsAttached = false;
            // Soon after a call that stood, then with growing pauses.
            pause =
                stood ? TimeSpan.Zero
                : pause == TimeSpan.Zero ? FirstPause
                : pause * 2 < LongestPause ? pause * 2
                : LongestPause;
            double drawn = random.NextDouble();
            await Task.Delay(pause == TimeSpan.Zero ? Soon * drawn : pause * (0.5 + (drawn / 2)), token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> OneCallAsync(Uri fleet, CancellationToken token)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        lock (gate)
            (call, At) = (ended, fleet);
        await FrozenAsync();
        using AsyncDuplexStreamingCall<AgentMessage, FleetMessage> open = new AgentService.AgentServiceClient(Channel(fleet)).Attach(
            key is null ? [] : new Metadata { { "authorization", "Bearer " + key } },
            cancellationToken: ended.Token
        );
        Hello hello = card.Hello(name);
        hands.Tell(hello);
        Task<bool> answer = open.ResponseStream.MoveNext(ended.Token);
        await open.RequestStream.WriteAsync(new() { Hello = hello }, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // As the profiler does: a call that nobody answers would keep it away for ever.
        if (!await answer.WaitAsync(LongestWelcome, token) || open.ResponseStream.Current.Welcome is not { } welcome)
            return false;
        await FrozenAsync();
        hands.Welcomed(welcome.Leases);
        (Welcome, Welcomes, IsAttached) = (welcome, Welcomes + 1, true);
        Task hearing = HearAsync(open.ResponseStream, ended.Token),
            telling = TellAsync(open.RequestStream, hello.Condition, TimeSpan.FromSeconds(welcome.SignSeconds), ended.Token);
        Task first = await Task.WhenAny(hearing, telling);
        // All is said; who hangs up at once would break the call off.
        if (hasLeft)
            await Task.WhenAny(hearing, Task.Delay(Goodbye, token));
        hands.Ended(hello.Leases, welcome.Leases);
        await ended.CancelAsync();
        await Task.WhenAll(hearing, telling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        return true;
    }

    private async Task HearAsync(IAsyncStreamReader<FleetMessage> stream, CancellationToken token)
    {
        (ModelStint Stint, long Left)? receiving = null;
        while (await stream.MoveNext(token))
        {
            await FrozenAsync();
            FleetMessage message = stream.Current;
            switch (message.WhatCase)
            {
                case FleetMessage.WhatOneofCase.Stint:
                    hands.Begin(message.Stint);
                    break;
                case FleetMessage.WhatOneofCase.Model:
                    receiving = (message.Model, message.Model.Bytes);
                    break;
                case FleetMessage.WhatOneofCase.Chunk when receiving is { } part:
                    receiving = part with { Left = part.Left - message.Chunk.Length };
                    break;
                case FleetMessage.WhatOneofCase.Revocation:
                    hands.Revoke(message.Revocation.Lease);
                    break;
                case FleetMessage.WhatOneofCase.Kept:
                    hands.Keep(message.Kept);
                    break;
                case FleetMessage.WhatOneofCase.Dismissal:
                    Dismissed = message.Dismissal.Reason;
                    return;
            }
            if (receiving is { Left: <= 0 } whole)
            {
                hands.Begin(whole.Stint);
                receiving = null;
            }
        }
    }

    private async Task TellAsync(IClientStreamWriter<AgentMessage> stream, Condition said, TimeSpan sign, CancellationToken token)
    {
        while (true)
        {
            AgentMessage? message = hands.Next(said);
            if (message is null && said.Leaving && hands.IsDone)
            {
                hasLeft = true;
                await stream.CompleteAsync();
                return;
            }
            if (message is null && await hands.News.WaitAsync(sign, token))
                continue;
            await FrozenAsync();
            await stream.WriteAsync(message ?? new() { Sign = new() }, token);
            said = message?.Condition ?? said;
        }
    }

    private async Task WorkAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                if (hands.First() is not { } piece)
                {
                    await hands.Work.WaitAsync(token);
                    continue;
                }
                if (piece.Key is { } key)
                    await Task.Delay(Takes(key), token);
                await FrozenAsync();
                hands.Measure(piece);
            }
        }
        catch (OperationCanceledException)
        {
            // Switched off.
        }
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
        if (Shared is not null)
            return Shared(fleet);
        lock (gate)
        {
            if (!own.TryGetValue(fleet, out GrpcChannel? channel))
                own[fleet] = channel = Open(fleet);
            return channel;
        }
    }

    /// <summary>A connection as a device opens it.</summary>
    public static GrpcChannel Open(Uri fleet) =>
        GrpcChannel.ForAddress(
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
}
