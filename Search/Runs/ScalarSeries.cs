using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>One scalar of one phase, over its epochs.</summary>
/// <param name="Phase">E.g. <c>search</c>.</param>
/// <param name="Name">E.g. <c>loss</c>.</param>
/// <param name="Epochs">When each value was logged, in epochs that had passed, ascending.</param>
/// <param name="Values">The values.</param>
public sealed record ScalarSeries(string Phase, string Name, IReadOnlyList<double> Epochs, IReadOnlyList<double> Values)
{
    /// <summary>Reads a run's <c>scalars.csv</c>, phases and names in the order of their first row. A row that a crash cut off is left
    /// out.</summary>
    /// <param name="path">The file; where there is none there are no series.</param>
    /// <param name="stepsPerEpoch">Of phases, where they are known; else an epoch has as many steps as the longest in the file, which is
    /// wrong in a phase's first epoch.</param>
    public static IReadOnlyList<ScalarSeries> Read(string path, IReadOnlyDictionary<string, int>? stepsPerEpoch = null)
    {
        if (!File.Exists(path))
            return [];
        UserFile.RequireFile(path);
        var rows = new Dictionary<(string Phase, string Name), List<(int Epoch, int Step, double Value)>>();
        var steps = new Dictionary<string, int>(stepsPerEpoch ?? new Dictionary<string, int>());
        CultureInfo culture = CultureInfo.InvariantCulture;
        foreach (string line in Lines(path).Skip(1))
        {
            string[] cells = line.Split(',');
            if (
                cells.Length != 5
                || !int.TryParse(cells[1], NumberStyles.None, culture, out int epoch)
                || !int.TryParse(cells[2], NumberStyles.None, culture, out int step)
                || !double.TryParse(cells[4], NumberStyles.Float, culture, out double value)
                || !double.IsFinite(value)
            )
                continue;
            if (!rows.TryGetValue((cells[0], cells[3]), out var series))
                rows.Add((cells[0], cells[3]), series = []);
            series.Add((epoch, step, value));
            steps[cells[0]] = Math.Max(steps.GetValueOrDefault(cells[0]), step + 1);
        }
        return
        [
            .. rows.Select(one => new ScalarSeries(
                one.Key.Phase,
                one.Key.Name,
                [.. one.Value.Select(row => row.Epoch + ((row.Step + 1.0) / steps[one.Key.Phase]))],
                [.. one.Value.Select(row => row.Value)]
            )),
        ];
    }

    /// <summary>The lines of a file that may be growing; what does not end with a line's end is none yet.</summary>
    private static IEnumerable<string> Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        string? line = reader.ReadLine();
        while (line is not null)
        {
            string? next = reader.ReadLine();
            if (next is not null || EndsWithLine(file))
                yield return line;
            line = next;
        }
    }

    private static bool EndsWithLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.Current);
        return file.ReadByte() == '\n';
    }
}
