namespace FasterSeg.Latency;

/// <summary>Finds what somebody probably meant to type.</summary>
public static class NearestWord
{
    /// <summary>The candidate with the smallest edit distance to <paramref name="word"/>, without regard to case; the first of
    /// equals.</summary>
    /// <exception cref="InvalidOperationException">There is no candidate.</exception>
    public static string Find(string word, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(word, candidate)) ?? throw new InvalidOperationException("There is nothing to choose from.");

    /// <summary>Levenshtein distance: the fewest insertions, deletions and replacements that turn one word into the other, without regard
    /// to case.</summary>
    public static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 0; i < a.Length; i++)
        {
            current[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int replace = previous[j] + (char.ToLowerInvariant(a[i]) == char.ToLowerInvariant(b[j]) ? 0 : 1);
                current[j + 1] = Math.Min(replace, Math.Min(previous[j + 1], current[j]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[^1];
    }
}
