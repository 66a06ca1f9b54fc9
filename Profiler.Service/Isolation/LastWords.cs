namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// What a worker has written to its standard error about one request, the newest lines of it. A worker serves one client after the other,
/// and its words name
/// models and layers: nobody may read those of another request. Each request begins with a mark that a model cannot know. Safe for use by
/// several threads.
/// </summary>
public sealed class LastWords
{
    private const int MostLetters = 400,
        MostLines = 10;

    private readonly Queue<string> lines = new();
    private string awaited = "";
    private bool isHeard;

    /// <summary>A request is about to be sent: what comes before its mark is another's.</summary>
    /// <returns>The mark for the worker to write first.</returns>
    public string Begin()
    {
        lock (lines)
        {
            (awaited, isHeard) = (Guid.NewGuid().ToString("N"), false);
            lines.Clear();
            return awaited;
        }
    }

    /// <summary>Takes a line; null and empty ones say nothing.</summary>
    public void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (lines)
        {
            if (!isHeard)
            {
                isHeard = line.Trim() == awaited;
                return;
            }
            lines.Enqueue(line.Trim());
            while (lines.Count > MostLines)
                lines.Dequeue();
        }
    }

    /// <summary>The words as a sentence's end; empty where there are none.</summary>
    public override string ToString()
    {
        lock (lines)
        {
            string words = string.Join(' ', lines);
            return words.Length == 0 ? "" : "; its last words: " + (words.Length <= MostLetters ? words : "..." + words[^MostLetters..]);
        }
    }
}
