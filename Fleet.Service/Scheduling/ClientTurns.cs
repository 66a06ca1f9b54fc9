namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Whose turn it is: clients share a pool by the items that they have had, as fair queueing has it (start-time fair queueing, Goyal, Vin
/// and Cheng, 1996). Who comes anew starts with the present, so that nobody saves up turns, and nobody waits for what others had before.
/// </summary>
internal sealed class ClientTurns
{
    // A step of priority is worth twice the turns.
    private const double Step = 2;
    private const int LargestPriority = 8;

    private readonly Dictionary<string, double> starts = [];
    private double present;

    /// <summary>Puts those who wait into the order of their turns.</summary>
    /// <param name="waiting">Clients, each once.</param>
    public IReadOnlyList<string> Order(IEnumerable<string> waiting)
    {
        string[] all = [.. waiting];
        foreach (string gone in starts.Where(each => !all.Contains(each.Key) && each.Value <= present).Select(each => each.Key).ToArray())
            starts.Remove(gone);
        foreach (string client in all)
            starts[client] = Math.Max(starts.GetValueOrDefault(client, present), present);
        return [.. all.OrderBy(client => starts[client]).ThenBy(client => client, StringComparer.Ordinal)];
    }

    /// <summary>Notes that a client was served.</summary>
    /// <param name="client">The client, of the last <see cref="Order"/>.</param>
    /// <param name="items">What it got.</param>
    /// <param name="priority">Of the job: each step makes its items half as dear.</param>
    public void Charge(string client, int items, int priority)
    {
        double start = starts.GetValueOrDefault(client, present);
        present = Math.Max(present, start);
        starts[client] = start + (items / Math.Pow(Step, Math.Clamp(priority, -LargestPriority, LargestPriority)));
    }
}
