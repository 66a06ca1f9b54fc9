using System.Globalization;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs.TensorBoard;

namespace FasterSeg.Search.Runs;

/// <summary>
/// Every scalar of a run as CSV: phase, epoch, step, name, value; and the same for TensorBoard, with pictures. What is later than the
/// checkpoint that a run resumes from is dropped.
/// </summary>
public sealed class ScalarLog : IDisposable
{
    private const string Header = "phase,epoch,step,name,value";

    // Whoever looks on sees the curves grow.
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(4);
    private readonly GrowingFile file;
    private readonly EventLog? events;
    private readonly RunLock? held;
    private long flushed = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>Opens the file; keeps of a phase the rows before <paramref name="keep"/>, and all rows of other phases.</summary>
    /// <param name="path">The CSV.</param>
    /// <param name="phase">The phase that writes.</param>
    /// <param name="keep">Where it begins or goes on.</param>
    /// <param name="events">Takes the same scalars, and pictures, for TensorBoard; disposed with this one. Null does without.</param>
    /// <param name="held">Keeps other writers out; disposed with this one. Null does without.</param>
    public ScalarLog(string path, string phase, BatchPosition keep, EventLog? events = null, RunLock? held = null)
    {
        (this.events, this.held) = (events, held);
        UserFile.RequireFile(path);
        // Row by row: a long search has logged more than a small machine would hold at once.
        AtomicFile.Write(path, stream =>
        {
            using var kept = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
            {
                NewLine = "\n",
            };
            kept.WriteLine(Header);
            if (!File.Exists(path))
                return;
            foreach (string row in File.ReadLines(path).Skip(1).Where(row => IsBefore(row, phase, keep)))
                kept.WriteLine(row);
        });
        file = new GrowingFile(path, FileMode.Open);
    }

    /// <summary>Opens a run's: <c>scalars.csv</c>, and event files in <c>tensorboard/PHASE</c>.</summary>
    /// <exception cref="UserErrorException">Another search or training writes to the run.</exception>
    public static ScalarLog Open(RunFolder run, string phase, BatchPosition keep, int stepsPerEpoch)
    {
        RunLock held = RunLock.Take(run);
        try
        {
            return new(run.Scalars, phase, keep, new EventLog(run.Events(phase), keep, stepsPerEpoch), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(string phase, BatchPosition at, string name, double value)
    {
        file.Add(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{phase},{at.Epoch},{at.Step},{name},{value:R}\n")));
        events?.AddScalar(at, name, value);
        if (System.Diagnostics.Stopwatch.GetElapsedTime(flushed) >= Often)
            TryFlush();
    }

    /// <summary>Adds a picture, for TensorBoard only.</summary>
    public void AddImage(BatchPosition at, string name, RgbImage image) => events?.AddImage(at, name, image);

    /// <summary>Brings the rows to the disk, e.g. together with a checkpoint. May be repeated where it failed: nothing is lost or twice
    /// there.</summary>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public void Flush()
    {
        events?.Flush();
        file.Flush();
        flushed = System.Diagnostics.Stopwatch.GetTimestamp();
    }

    /// <summary>Brings what is left to the disk, if it takes it: the checkpoint knows of none of it.</summary>
    public void Dispose()
    {
        TryFlush();
        file.Dispose();
        events?.Dispose();
        held?.Dispose();
    }

    /// <summary>What a full disk does not take now waits for the next time; the phase's own flush tells of it.</summary>
    private void TryFlush()
    {
        flushed = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            Flush();
        }
        catch (IOException) { }
    }

    private static bool IsBefore(string row, string phase, BatchPosition keep)
    {
        Span<Range> cells = stackalloc Range[6];
        ReadOnlySpan<char> text = row;
        if (text.Split(cells, ',') != 5 || !int.TryParse(text[cells[1]], out int epoch) || !int.TryParse(text[cells[2]], out int step))
            return false;
        return !text[cells[0]].SequenceEqual(phase) || epoch < keep.Epoch || (epoch == keep.Epoch && step < keep.Step);
    }
}
