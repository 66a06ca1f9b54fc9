namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>Names that the clients learnt from the profiler, the newest ones only; they ask for them again.</summary>
internal sealed class Known
{
    private const int Most = 40;

    private readonly List<string> names = [];

    /// <summary>Remembers a name.</summary>
    public void Add(string name)
    {
        lock (names)
        {
            if (name.Length == 0 || names.Contains(name))
                return;
            names.Add(name);
            if (names.Count > Most)
                names.RemoveAt(0);
        }
    }

    /// <summary>One of them, or null where there is none yet.</summary>
    public string? Any(Random random)
    {
        lock (names)
            return names.Count == 0 ? null : names[random.Next(names.Count)];
    }
}
