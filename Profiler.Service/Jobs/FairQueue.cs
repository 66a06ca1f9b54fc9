namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What waits, by client: each client that waits for something gets one piece in turn, and its own pieces come in order of arrival.
/// Who asks for much waits for itself, not others for it. Safe for use by any number of threads.
/// </summary>
/// <typeparam name="T">A piece.</typeparam>
public sealed class FairQueue<T>
    where T : class
{
    private readonly object gate = new();
    private readonly Dictionary<string, List<T>> waiting = [];

    // The clients that wait, the next one first.
    private readonly List<string> turns = [];
    private int count;
    private bool isClosed;

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
    /// <param name="client">Whose it is.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="most">Pieces of one client that may wait.</param>
    /// <exception cref="QueueFullException">That many wait already.</exception>
    public void Add(string client, T piece, int most = int.MaxValue)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            if (!waiting.TryGetValue(client, out List<T>? pieces))
            {
                waiting.Add(client, pieces = []);
                turns.Add(client);
            }
            if (pieces.Count >= most)
                throw new QueueFullException(
                    $"{pieces.Count} measurements of this client wait for the device already: ask again when some of them have ended."
                );
            pieces.Add(piece);
            count++;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits for the next piece and takes it out; null once the queue is closed.</summary>
    public T? Take()
    {
        lock (gate)
        {
            while (turns.Count == 0 && !isClosed)
                Monitor.Wait(gate);
            if (isClosed)
                return null;
            string client = turns[0];
            T piece = waiting[client][0];
            turns.RemoveAt(0);
            turns.Add(client);
            Drop(client, piece);
            return piece;
        }
    }

    /// <summary>Takes a piece out, where it still waits.</summary>
    public void Remove(string client, T piece)
    {
        lock (gate)
            Drop(client, piece);
    }

    /// <summary>Lets go of whatever waits and of whoever waits for it.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            waiting.Clear();
            turns.Clear();
            count = 0;
            Monitor.PulseAll(gate);
        }
    }

    private void Drop(string client, T piece)
    {
        if (!waiting.TryGetValue(client, out List<T>? pieces) || !pieces.Remove(piece))
            return;
        count--;
        if (pieces.Count > 0)
            return;
        waiting.Remove(client);
        turns.Remove(client);
    }
}
