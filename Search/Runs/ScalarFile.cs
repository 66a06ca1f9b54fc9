using System.Globalization;
using System.Text;
using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>What a run's <c>scalars.csv</c> holds, read in a bounded room whatever the file is.</summary>
/// <param name="Series">Phases and names in the order of their first row.</param>
/// <param name="Steps">How many steps of each phase have logged something, as far as rows tell.</param>
/// <param name="LeftOut">What was left out, a sentence; null where nothing was.</param>
public sealed record ScalarFile(IReadOnlyList<ScalarSeries> Series, IReadOnlyDictionary<string, long> Steps, string? LeftOut)
{
    /// <summary>Bytes that are read of a file, its last ones: a training of a million steps takes about a hundred million.</summary>
    public const long MostBytes = 256L << 20;

    /// <summary>Scalars that are kept, of all phases.</summary>
    public const int MostSeries = 400;

    /// <summary>Bytes of a row that is read; real ones have some dozen.</summary>
    public const int LongestRow = 1024;

    private const int BufferBytes = 1 << 16;

    // Larger values are nothing that can be drawn, and their sums would be infinite.
    private const double Largest = 1e290;

    /// <summary>Reads a file, which may be growing. A row that a crash cut off, or that is no row, is left out.</summary>
    /// <param name="path">The file; where there is none there are no series.</param>
    /// <param name="stepsPerEpoch">Of phases, where they are known; else an epoch has as many steps as the longest in the file, which is
    /// wrong in a phase's first epoch.</param>
    /// <param name="mostBytes">Bytes to read at most.</param>
    /// <exception cref="UserErrorException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ScalarFile Read(string path, IReadOnlyDictionary<string, int>? stepsPerEpoch = null, long mostBytes = MostBytes)
    {
        if (!File.Exists(path))
            return new([], new Dictionary<string, long>(), null);
        UserFile.RequireFile(path);
        var rows = new Rows(stepsPerEpoch);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        long length = file.Length,
            from = Math.Max(0, length - mostBytes);
        file.Position = from;
        var buffer = new byte[BufferBytes];
        int kept = 0;
        // The first row is the header, or the rest of one whose beginning was passed over.
        bool passes = true;
        // What is added meanwhile is for the next look.
        for (long left = length - from; left > 0; )
        {
            int read = file.Read(buffer, kept, (int)Math.Min(left, buffer.Length - kept));
            if (read == 0)
                break;
            left -= read;
            int end = kept + read,
                at = 0;
            for (int line; (line = buffer.AsSpan(at, end - at).IndexOf((byte)'\n')) >= 0; at += line + 1)
            {
                if (!passes)
                    rows.Add(buffer.AsSpan(at, line));
                passes = false;
            }
            kept = end - at;
            if (kept > LongestRow)
            {
                // It is passed over up to its end, wherever that is.
                rows.Long += passes ? 0 : 1;
                (passes, kept) = (true, 0);
            }
            else
                buffer.AsSpan(at, kept).CopyTo(buffer);
        }
        return new(rows.Series(), rows.Steps, LeftOutOf(path, from, rows));
    }

    private static string? LeftOutOf(string path, long before, Rows rows)
    {
        string[] what =
        [
            .. before > 0
                ? [string.Create(CultureInfo.InvariantCulture, $"its first {before / (double)(1 << 20):0.#} MiB")]
                : Array.Empty<string>(),
            .. rows.Long > 0 ? ["rows that are far too long"] : Array.Empty<string>(),
            .. rows.HasMore
                ? [string.Create(CultureInfo.InvariantCulture, $"all scalars but the first {MostSeries}")]
                : Array.Empty<string>(),
        ];
        return what.Length == 0 ? null : $"Of {path} these curves leave out {string.Join(" and ", what)}.";
    }

    private sealed class Rows(IReadOnlyDictionary<string, int>? known)
    {
        private readonly Dictionary<(string Phase, string Name), ThinnedValues> values = [];
        private readonly Dictionary<string, long> perEpoch = known?.ToDictionary(one => one.Key, one => Math.Max(1L, one.Value)) ?? [];
        private readonly Dictionary<string, (int Epoch, int Step)> last = [];

        public int Long { get; set; }

        public bool HasMore { get; private set; }

        public Dictionary<string, long> Steps =>
            last.ToDictionary(one => one.Key, one => ((long)one.Value.Epoch * perEpoch[one.Key]) + one.Value.Step + 1);

        public void Add(ReadOnlySpan<byte> row)
        {
            row = row.TrimEnd((byte)'\r');
            if (row.Length > LongestRow)
            {
                Long++;
                return;
            }
            CultureInfo culture = CultureInfo.InvariantCulture;
            Span<Range> cells = stackalloc Range[6];
            Span<char> text = stackalloc char[row.Length];
            text = text[..Encoding.UTF8.GetChars(row, text)];
            if (
                ((ReadOnlySpan<char>)text).Split(cells, ',') != 5
                || !int.TryParse(text[cells[1]], NumberStyles.None, culture, out int epoch)
                || !int.TryParse(text[cells[2]], NumberStyles.None, culture, out int step)
                || !double.TryParse(text[cells[4]], NumberStyles.Float, culture, out double value)
                || !double.IsFinite(value)
            )
                return;
            (string Phase, string Name) key = (text[cells[0]].ToString(), text[cells[3]].ToString());
            if (!values.TryGetValue(key, out ThinnedValues? series))
            {
                if (values.Count == MostSeries)
                {
                    HasMore = true;
                    return;
                }
                values.Add(key, series = new());
            }
            series.Add(epoch, step, Math.Clamp(value, -Largest, Largest));
            perEpoch[key.Phase] = Math.Max(perEpoch.GetValueOrDefault(key.Phase), step + 1L);
            if (!last.TryGetValue(key.Phase, out var known) || (epoch, step).CompareTo(known) > 0)
                last[key.Phase] = (epoch, step);
        }

        public ScalarSeries[] Series() =>
            [.. values.Select(one => one.Value.ToSeries(one.Key.Phase, one.Key.Name, perEpoch[one.Key.Phase]))];
    }
}
