using System.Globalization;
using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Running;

/// <summary>
/// Every scalar of a run as CSV: phase, epoch, step, name, value. Rows later than the checkpoint that a run resumes from are dropped.
/// </summary>
public sealed class ScalarLog : IDisposable
{
    private const string Header = "phase,epoch,step,name,value";
    private readonly StreamWriter writer;

    /// <summary>Opens the file; keeps of a phase the rows before <paramref name="keep"/>, and all rows of other phases.</summary>
    public ScalarLog(string path, string phase, Data.BatchPosition keep)
    {
        string[] kept = File.Exists(path) ? [.. File.ReadLines(path).Skip(1).Where(row => IsBefore(row, phase, keep))] : [];
        AtomicFile.WriteAllText(path, string.Concat(kept.Prepend(Header).Select(row => row + "\n")));
        writer = new StreamWriter(path, append: true);
    }

    /// <summary>Adds a row.</summary>
    public void Add(string phase, Data.BatchPosition at, string name, double value) =>
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase},{at.Epoch},{at.Step},{name},{value:R}"));

    /// <summary>Brings the rows to the disk, e.g. together with a checkpoint.</summary>
    public void Flush() => writer.Flush();

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private static bool IsBefore(string row, string phase, Data.BatchPosition keep)
    {
        string[] cells = row.Split(',');
        if (cells.Length != 5 || !int.TryParse(cells[1], out int epoch) || !int.TryParse(cells[2], out int step)) return false;
        return cells[0] != phase || epoch < keep.Epoch || (epoch == keep.Epoch && step < keep.Step);
    }
}
