namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What waits, by client: the client goes first that has had the least time, and its own pieces come in order of arrival. Who asks for
/// much, or for what takes long, waits for itself, not others for it. The order is that of start-time fair queueing (Goyal, Vin and Cheng,
/// IEEE/ACM Transactions on Networking 5(5), 1997), in which nobody saves up time by asking for nothing. Safe for use by any number of
/// threads.
/// </summary>
/// <typeparam name="T">A piece.</typeparam>
public sealed class FairQueue<T>
    where T : class
{
    // What costs nothing by the clock is a turn all the same.
    private static readonly TimeSpan LeastCharge = TimeSpan.FromMilliseconds(1);

    // Who is next but has nothing waiting just now, since it has just been served, is waited for: it asks piece by piece, and would wait
    // for a long piece of another before each of its own.
    private static readonly TimeSpan UsualAnticipation = TimeSpan.FromMilliseconds(20);

    private sealed class Client
    {
        public List<T> Pieces { get; } = [];

        // Time that its next piece starts with: what it has had, or what the others had when it came.
        public TimeSpan Start { get; set; }

        // Of clients with the same start the one goes first that waits longest for its turn.
        public long Turn { get; set; }
    }

    private readonly TimeSpan anticipation;
    private readonly object gate = new();
    private readonly Dictionary<string, Client> clients = [];

    // The start of the piece that was taken last.
    private TimeSpan present;
    private long turns;
    private int count;
    private bool isClosed;

    // The client that was served last, until others are.
    private string? served;

    /// <summary>A queue in which nobody waits.</summary>
    /// <param name="anticipation">How long the next piece of a client is waited for that was just served and is next; null is 20
    /// ms.</param>
    public FairQueue(TimeSpan? anticipation = null) => this.anticipation = anticipation ?? UsualAnticipation;

    /// <summary>Whether something of others than this client waits.</summary>
    public bool HasOthers(string name)
    {
        lock (gate)
            return count > (clients.TryGetValue(name, out Client? own) ? own.Pieces.Count : 0);
    }

    /// <summary>How many pieces wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>Adds a piece; nothing happens once the queue is closed.</summary>
    /// <param name="name">Whose it is.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="most">Pieces of one client that may wait.</param>
    /// <exception cref="QueueFullException">That many wait already.</exception>
    public void Add(string name, T piece, int most = int.MaxValue)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            if (!clients.TryGetValue(name, out Client? client))
                clients.Add(name, client = new Client { Turn = ++turns });
            if (client.Pieces.Count >= most)
                throw new QueueFullException(
                    $"{client.Pieces.Count} measurements of this client wait for the device already: ask again when some of them have "
                        + "ended."
                );
            if (client.Pieces.Count == 0 && client.Start < present)
                client.Start = present;
            client.Pieces.Add(piece);
            count++;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits for the next piece and takes it out; null once the queue is closed. What it took is to be told
    /// (<see cref="Charge"/>) before the next one is taken.</summary>
    /// <param name="name">Whose it is.</param>
    public T? Take(out string name)
    {
        lock (gate)
        {
            while (count == 0 && !isClosed)
                Monitor.Wait(gate);
            name = "";
            if (isClosed)
                return null;
            (name, Client client) = Next();
            if (IsAwaited(client))
            {
                Monitor.Wait(gate, anticipation);
                while (count == 0 && !isClosed)
                    Monitor.Wait(gate);
                if (isClosed)
                    return null;
                (name, client) = Next();
            }
            served = name;
            present = client.Start;
            client.Turn = ++turns;
            T piece = client.Pieces[0];
            client.Pieces.RemoveAt(0);
            count--;
            return piece;
        }
    }

    private KeyValuePair<string, Client> Next() =>
        clients.Where(each => each.Value.Pieces.Count > 0).MinBy(each => (each.Value.Start, each.Value.Turn));

    /// <summary>Whether who was served last has had less than the next one, and has nothing waiting.</summary>
    private bool IsAwaited(Client next) =>
        served is not null && clients.TryGetValue(served, out Client? last) && last.Pieces.Count == 0 && last.Start < next.Start;

    /// <summary>Notes how long a piece took that was taken.</summary>
    public void Charge(string name, TimeSpan time)
    {
        lock (gate)
        {
            if (clients.TryGetValue(name, out Client? client))
                client.Start += time > LeastCharge ? time : LeastCharge;
            // Who would start with the present anyway need not be remembered.
            foreach (
                string idle in clients.Where(each => each.Value.Pieces.Count == 0 && each.Value.Start <= present).Select(each => each.Key)
            )
                clients.Remove(idle);
        }
    }

    /// <summary>Takes a piece out, where it still waits.</summary>
    public void Remove(string name, T piece)
    {
        lock (gate)
        {
            if (clients.TryGetValue(name, out Client? client) && client.Pieces.Remove(piece))
                count--;
        }
    }

    /// <summary>Lets go of whatever waits and of whoever waits for it.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            clients.Clear();
            count = 0;
            Monitor.PulseAll(gate);
        }
    }
}
