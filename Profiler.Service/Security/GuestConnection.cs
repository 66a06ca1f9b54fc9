using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// A connection, which is a guest until a call on it has passed: nobody knows whose it is, so it may stay for a short time only. See
/// <see cref="ConnectionGuard"/>.
/// </summary>
public sealed class GuestConnection
{
    private const int FriendlyRefusals = 16,
        MostRefusals = 64,
        MostWaiting = 4000;

    private static readonly TimeSpan RefusalWait = TimeSpan.FromMilliseconds(500),
        TooManyWait = TimeSpan.FromSeconds(2);

    // Up to so many times as long again: who were refused together must not come back together, again and again.
    private const double Spread = 4;

    // Refusals that are waited for, of all connections.
    private static int waiting;

    private readonly Lock gate = new();
    private readonly ConnectionGuard guard;
    private readonly ConnectionContext connection;
    private int calls;
    private int refusals;
    private int hasAsked;
    private bool hasSpoken;
    private bool isClosed;

    internal GuestConnection(ConnectionGuard guard, ConnectionContext connection, string network)
    {
        this.guard = guard;
        this.connection = connection;
        Network = network;
    }

    /// <summary>Where it comes from.</summary>
    public string Network { get; }

    /// <summary>Who it belongs to; null while it is a guest.</summary>
    public string? Client { get; internal set; }

    /// <summary>Whether a call that needs no key is under way.</summary>
    public bool IsBusy => Volatile.Read(ref calls) > 0;

    /// <summary>Notes whose it is, once; it then stays as long as it likes.</summary>
    /// <returns>False where the client has its share of connections already: it stays a guest.</returns>
    public bool TryBecomeKnown(string client) => Client is not null || guard.TryAdmit(this, client);

    /// <summary>A call that needs no key begins.</summary>
    public void BeginCall() => Interlocked.Increment(ref calls);

    /// <summary>It has ended.</summary>
    public void EndCall() => Interlocked.Decrement(ref calls);

    /// <summary>A call on it is to be refused for want of a key. The first ones are at once; who goes on asking waits for each answer, for
    /// an answer costs more than a wait, and is closed in the end.</summary>
    public async Task BearRefusalAsync(HttpContext context)
    {
        int count = Interlocked.Increment(ref refusals);
        if (count == MostRefusals)
            Close("Too many calls without a key.");
        if (count >= FriendlyRefusals && count < MostRefusals)
            await WaitAsync(RefusalWait, spread: 0, context);
    }

    /// <summary>A watch of the health is to be refused, as there are too many: it is answered after a wait. Nobody is shut out for it, as
    /// who asks may be one who watches over the machine. Nor does the wait keep the connection, as a call does.</summary>
    public async Task BearTooManyAsync(HttpContext context)
    {
        EndCall();
        try
        {
            await WaitAsync(TooManyWait, Spread, context);
        }
        finally
        {
            BeginCall();
        }
    }

    /// <summary>True for the connection's first question for the health: it has an answer whatever others of its address have asked, and a
    /// connection for each question costs who asks more than the answer costs here.</summary>
    public bool IsFirstQuestion() => Interlocked.Exchange(ref hasAsked, 1) == 0;

    /// <summary>Ends, too, when the caller leaves or the service ends.</summary>
    private static async Task WaitAsync(TimeSpan wait, double spread, HttpContext context)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
        try
        {
            if (Interlocked.Increment(ref waiting) <= MostWaiting)
                await Task.Delay(wait * (1 + (spread * Random.Shared.NextDouble())), over.Token);
        }
        catch (OperationCanceledException)
        {
            // It has left.
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Waits for its first byte.</summary>
    /// <returns>False where it was closed before.</returns>
    internal async ValueTask<bool> HasSpokenAsync()
    {
        try
        {
            ReadResult first = await connection.Transport.Input.ReadAsync();
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            if (first.IsCanceled || first.Buffer.IsEmpty)
                return false;
        }
        catch (IOException)
        {
            // Its other end left.
            return false;
        }
        lock (gate)
            return hasSpoken = !isClosed;
    }

    internal void Close(string why)
    {
        bool mayAct;
        lock (gate)
            (isClosed, mayAct) = (true, hasSpoken);
        if (mayAct)
            connection.Abort(new ConnectionAbortedException(why));
        else
            connection.Transport.Input.CancelPendingRead();
    }
}
