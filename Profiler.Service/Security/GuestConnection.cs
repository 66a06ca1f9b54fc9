using Microsoft.AspNetCore.Connections;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// A connection, which is a guest until a call on it has passed: nobody knows whose it is, so it may stay for a short time only. See
/// <see cref="ConnectionGuard"/>.
/// </summary>
public sealed class GuestConnection
{
    // One that asks its client to come again with a new connection, then one that does not ask.
    private const int FriendlyRefusals = 16,
        MostRefusals = 64;

    private readonly ConnectionGuard guard;
    private readonly ConnectionContext connection;
    private int calls;
    private int refusals;

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

    /// <summary>A call on it was refused for want of a key: a connection on which that happens again and again is closed.</summary>
    public void NoteRefusal(ConnectionInfo http)
    {
        int count = Interlocked.Increment(ref refusals);
        if (count == FriendlyRefusals)
            http.RequestClose();
        else if (count == MostRefusals)
            Close("Too many calls without a key.");
    }

    internal void Close(string why) => connection.Abort(new ConnectionAbortedException(why));
}
