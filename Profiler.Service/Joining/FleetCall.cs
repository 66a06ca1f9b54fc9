using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>One call of a fleet, from hello to its end.</summary>
/// <param name="orders">Does what the fleet says.</param>
/// <param name="leases">What the device works at.</param>
/// <param name="outbox">What the fleet is to be told.</param>
/// <param name="condition">What keeps the device from working.</param>
/// <param name="time">Paces the signs of life.</param>
internal sealed class FleetCall(FleetOrders orders, HeldLeases leases, Outbox outbox, DeviceCondition condition, TimeProvider time)
{
    private static readonly TimeSpan UsualSign = TimeSpan.FromSeconds(5),
        LongestWelcome = TimeSpan.FromSeconds(20),
        LongestGoodbye = TimeSpan.FromSeconds(1);

    /// <summary>Calls.</summary>
    /// <param name="client">The fleet.</param>
    /// <param name="hello">What the device is.</param>
    /// <param name="welcomed">Told when the call stands.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <returns>Why the device is dismissed; null where the call ended otherwise: the device has left, or the fleet's node has.</returns>
    /// <exception cref="RpcException">The fleet refused, or the call broke.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<string?> RunAsync(
        AgentService.AgentServiceClient client,
        Hello hello,
        Action<Welcome> welcomed,
        CancellationToken cancellation
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call = client.Attach(cancellationToken: ended.Token);
        hello.Leases.Add(leases.All.Union(outbox.Leases));
        hello.Condition = condition.Now();
        Welcome welcome = await WelcomeAsync(call, hello, ended.Token);
        leases.StopAllBut(welcome.Leases);
        outbox.Rewind();
        welcomed(welcome);

        Task<string?> hearing = HearAsync(call.ResponseStream, ended.Token);
        Task telling = TellAsync(call.RequestStream, hello.Condition, SignOf(welcome), ended.Token);
        bool hasTold = await Task.WhenAny(hearing, telling) == telling,
            hasLeft = hasTold && telling.IsCompletedSuccessfully;
        if (hasLeft)
            await call.RequestStream.CompleteAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The fleet may have something to say to the last words; and why a write failed is told by the stream that is read.
        if (hasTold)
            await Task.WhenAny(hearing, Task.Delay(LongestGoodbye, time, cancellation));
        bool hasHeard = hearing.IsCompleted;
        await ended.CancelAsync();
        await Task.WhenAll(hearing, telling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (hasHeard)
            return await hearing;
        if (!hasLeft)
            await telling;
        return null;
    }

    private async Task<Welcome> WelcomeAsync(
        AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call,
        Hello hello,
        CancellationToken cancellation
    )
    {
        Task<bool> answer = call.ResponseStream.MoveNext(cancellation);
        try
        {
            await call.RequestStream.WriteAsync(new() { Hello = hello }, cancellation);
        }
        catch (Exception fault) when (fault is RpcException or InvalidOperationException)
        {
            // The call has ended already; the stream that is read tells why.
        }
        bool has;
        try
        {
            has = await answer.WaitAsync(LongestWelcome, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "it gave no answer to the device's hello"));
        }
        return has && call.ResponseStream.Current.WhatCase == FleetMessage.WhatOneofCase.Welcome
            ? call.ResponseStream.Current.Welcome
            : throw new RpcException(new Status(StatusCode.Aborted, "it did not welcome the device"));
    }

    private async Task<string?> HearAsync(IAsyncStreamReader<FleetMessage> stream, CancellationToken cancellation)
    {
        while (await stream.MoveNext(cancellation))
        {
            if (orders.Obey(stream.Current) is { } dismissal)
                return dismissal;
        }
        return null;
    }

    /// <summary>Tells what there is to tell, until the device leaves and has no more of it.</summary>
    private async Task TellAsync(IClientStreamWriter<AgentMessage> stream, Condition said, TimeSpan sign, CancellationToken cancellation)
    {
        long last = time.GetTimestamp();
        Task news = Task.CompletedTask;
        while (true)
        {
            // Before the look. One that still waits is kept: what it waits for may not change for months, and holds all who wait for it.
            if (news.IsCompleted)
                news = Task.WhenAny([outbox.Changed, .. condition.Changes]);
            Condition now = condition.Now();
            AgentMessage? message = now.Equals(said) ? outbox.Take() : new() { Condition = now };
            if (message is null && now.Leaving && leases.All.Count == 0 && outbox.IsEmpty)
                return;
            if (message is null && !await ComesAsync(news, sign - time.GetElapsedTime(last), cancellation))
                message = new() { Sign = new() };
            if (message is null)
                continue;
            await stream.WriteAsync(message, cancellation);
            last = time.GetTimestamp();
            said = message.Condition ?? said;
        }
    }

    /// <summary>Waits for news.</summary>
    /// <returns>False where none came in so long.</returns>
    private async Task<bool> ComesAsync(Task news, TimeSpan most, CancellationToken cancellation)
    {
        if (most <= TimeSpan.Zero)
            return news.IsCompleted;
        try
        {
            await news.WaitAsync(most, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static TimeSpan SignOf(Welcome welcome) =>
        welcome.SignSeconds is > 0 and <= 3600 ? TimeSpan.FromSeconds(welcome.SignSeconds) : UsualSign;
}
