using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// Keeps room for connections of callers that are known. One on which no call has passed within <see cref="Patience"/> is closed. Where
/// there are too many of those, the oldest one goes for the newest, of the network that has most of them: who has a key shows it with the
/// first call, soon. One with a question for the health under way goes last.
/// Known callers share what is left (<see cref="Shares"/>).
/// </summary>
/// <param name="time">The clock of the patience.</param>
/// <param name="most">Most connections.</param>
public sealed class ConnectionGuard(TimeProvider time, int most = ConnectionGuard.DefaultMost)
{
    /// <summary>Most connections, where nothing else is said.</summary>
    public const int DefaultMost = 2500;

    // Of all.
    private const double ShareOfGuests = 0.4;

    /// <summary>How long a connection may stay on which no call has passed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedList<GuestConnection>> guests = [];
    private readonly Shares known = new(most - (int)(ShareOfGuests * most));
    private int guestCount;

    /// <summary>Most connections.</summary>
    public int Most => most;

    /// <summary>Of them, those of nobody knows whom.</summary>
    public int MostGuests => (int)(ShareOfGuests * most);

    /// <summary>Connections of nobody knows whom.</summary>
    public int Guests
    {
        get
        {
            lock (gate)
                return guestCount;
        }
    }

    /// <summary>Puts it in front of all that an endpoint does with a connection, TLS too.</summary>
    public void Watch(ListenOptions listen) => listen.Use(next => connection => RunAsync(connection, next));

    internal bool TryAdmit(GuestConnection guest, string client)
    {
        lock (gate)
        {
            if (guest.Client is not null)
                return true;
            if (!known.TryTake(client, 1))
                return false;
            guest.Client = client;
            Drop(guest);
            return true;
        }
    }

    private async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var guest = new GuestConnection(this, connection, Caller.Network((connection.RemoteEndPoint as IPEndPoint)?.Address));
        connection.Features.Set(guest);
        Add(guest)?.Close("Others came that wait, too.");
        await using ITimer patience = time.CreateTimer(_ => LosePatience(guest), null, Patience, Patience);
        try
        {
            // Nothing is begun for who says nothing, no TLS above all, and what was not begun is cheap to end.
            if (await guest.HasSpokenAsync())
                await next(connection);
        }
        finally
        {
            lock (gate)
            {
                Drop(guest);
                if (guest.Client is { } client)
                    known.Return(client, 1);
            }
        }
    }

    private static void LosePatience(GuestConnection guest)
    {
        if (guest.Client is null && !guest.IsBusy)
            guest.Close("No call has passed on it.");
    }

    /// <summary>Notes a guest.</summary>
    /// <returns>The one that has to go for it, or null.</returns>
    private GuestConnection? Add(GuestConnection guest)
    {
        lock (gate)
        {
            if (!guests.TryGetValue(guest.Network, out LinkedList<GuestConnection>? neighbours))
                guests.Add(guest.Network, neighbours = []);
            neighbours.AddLast(guest);
            guestCount++;
            if (guestCount <= MostGuests)
                return null;
            LinkedList<GuestConnection> crowd = guests.Values.MaxBy(each => each.Count)!;
            GuestConnection oldest = crowd.FirstOrDefault(each => !each.IsBusy) ?? crowd.First!.Value;
            // Not when its end has come through, which takes a while: the next one must not find it here again.
            Drop(oldest);
            return oldest;
        }
    }

    private void Drop(GuestConnection guest)
    {
        if (!guests.TryGetValue(guest.Network, out LinkedList<GuestConnection>? neighbours) || !neighbours.Remove(guest))
            return;
        guestCount--;
        if (neighbours.Count == 0)
            guests.Remove(guest.Network);
    }
}
