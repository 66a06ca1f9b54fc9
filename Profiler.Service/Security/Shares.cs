namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// A capacity that clients share. A client gets a piece only where all that it has then is no more than what was still free: alone it gets
/// half, and however many clients take all that they can, one that comes anew finds something (Choudhury and Hahne's dynamic thresholds,
/// IEEE/ACM Transactions on Networking 6(2), 1998, with a factor of 1). Safe for use by any number of threads.
/// </summary>
/// <param name="capacity">What there is.</param>
public sealed class Shares(long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> held = [];
    private long total;

    /// <summary>What all clients have together.</summary>
    public long Total
    {
        get
        {
            lock (gate)
                return total;
        }
    }

    /// <summary>The rule.</summary>
    /// <param name="capacity">What there is.</param>
    /// <param name="total">What all have of it.</param>
    /// <param name="held">What the client has of it.</param>
    /// <param name="amount">What it asks for.</param>
    public static bool Allows(long capacity, long total, long held, long amount) => held + amount <= capacity - total;

    /// <summary>What a client has.</summary>
    public long Of(string client)
    {
        lock (gate)
            return held.GetValueOrDefault(client);
    }

    /// <summary>Takes an amount for a client, or nothing.</summary>
    /// <returns>False where it would be more than the client's share.</returns>
    public bool TryTake(string client, long amount)
    {
        lock (gate)
        {
            long own = held.GetValueOrDefault(client);
            if (!Allows(capacity, total, own, amount))
                return false;
            held[client] = own + amount;
            total += amount;
            return true;
        }
    }

    /// <summary>Gives an amount back.</summary>
    public void Return(string client, long amount)
    {
        lock (gate)
        {
            total -= amount;
            long left = held.GetValueOrDefault(client) - amount;
            if (left > 0)
                held[client] = left;
            else
                held.Remove(client);
        }
    }
}
