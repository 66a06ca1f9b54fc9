using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using Google.Protobuf;

namespace FasterSeg.Search.Runs.TensorBoard;

/// <summary>
/// The event files of one phase: a folder that TensorBoard shows as a run. Every start of the phase writes a file of its own. What
/// earlier files hold from the step on at which a phase goes on is taken out of them, and a TensorBoard that watches is told. By hand:
/// TorchSharp's <c>SummaryWriter</c> only appends.
/// </summary>
public sealed class EventLog : IDisposable
{
    private const string Prefix = "events.out.tfevents.",
        Suffix = ".fasterseg",
        Version = "brain.Event:2";
    private const int Rgb = 3;

    private readonly GrowingFile file;
    private readonly int stepsPerEpoch;
    private readonly TimeProvider time;

    /// <summary>Opens a new file in a phase's folder, which is made where it is missing.</summary>
    /// <param name="folder">The phase's folder.</param>
    /// <param name="keep">The position at which the phase begins or goes on; later events are dropped.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch: an event's step counts them from the phase's beginning.</param>
    /// <param name="time">Dates the events; null is the system's clock.</param>
    /// <exception cref="UserErrorException">An earlier file cannot be rewritten.</exception>
    public EventLog(string folder, BatchPosition keep, int stepsPerEpoch, TimeProvider? time = null)
    {
        (this.stepsPerEpoch, this.time) = (stepsPerEpoch, time ?? TimeProvider.System);
        Directory.CreateDirectory(folder);
        string[] earlier = [.. Files(folder)];
        foreach (string path in earlier)
            Drop(path, StepOf(keep));
        // TensorBoard reads files in the order of their names, and expects a time in them.
        long number = Math.Max(this.time.GetUtcNow().ToUnixTimeSeconds(), earlier.Select(NumberOf).DefaultIfEmpty().Max() + 1);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:0000000000}{Suffix}");
        file = new GrowingFile(Path.Combine(folder, name), FileMode.CreateNew);
        Write(new Event { FileVersion = Version });
        // TensorBoard takes the first start that it sees for the beginning; at each later one it drops what it has from that step on.
        Write(
            new Event
            {
                Step = StepOf(keep),
                SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start },
            }
        );
    }

    /// <summary>Adds a number.</summary>
    public void AddScalar(BatchPosition at, string tag, double value) =>
        Add(at, new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });

    /// <summary>Adds a picture, as PNG.</summary>
    public void AddImage(BatchPosition at, string tag, RgbImage image) =>
        Add(
            at,
            new Summary.Types.Value
            {
                Tag = tag,
                Image = new Summary.Types.Image
                {
                    Height = image.Height,
                    Width = image.Width,
                    Colorspace = Rgb,
                    EncodedImageString = ByteString.CopyFrom(ImageFile.ToPng(image)),
                },
            }
        );

    /// <summary>The event files of a folder, oldest first.</summary>
    internal static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, Prefix + "*").Order(StringComparer.Ordinal);

    /// <summary>Brings to the disk what did not reach it yet. May be repeated where it failed: nothing is lost or twice there.</summary>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public void Flush() => file.Flush();

    /// <summary>Closes the file; what the disk did not take is lost, as the checkpoint knows of none of it.</summary>
    public void Dispose() => file.Dispose();

    private long StepOf(BatchPosition at) => ((long)at.Epoch * stepsPerEpoch) + at.Step;

    private void Add(BatchPosition at, Summary.Types.Value value) =>
        Write(
            new Event
            {
                Step = StepOf(at),
                Summary = new Summary { Value = { value } },
            }
        );

    private void Write(Event what)
    {
        what.WallTime = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        file.Add(RecordFraming.Frame(what.ToByteArray()));
        try
        {
            // At once: TensorBoard shows a training while it runs.
            Flush();
        }
        catch (IOException)
        {
            // It is tried again with the next event, and reported where the phase flushes.
        }
    }

    /// <summary>Takes out of a file what is later, and what a crash left of its last record; without anything else it goes.</summary>
    private static void Drop(string path, long from)
    {
        UserFile.RequireFile(path);
        byte[] content = File.ReadAllBytes(path);
        using var kept = new MemoryStream();
        bool any = false;
        foreach (Range record in RecordFraming.Records(content))
        {
            Event? what = Parse(content.AsSpan(record));
            if (what is null || (what.WhatCase != Event.WhatOneofCase.FileVersion && what.Step >= from))
                continue;
            any |= what.WhatCase == Event.WhatOneofCase.Summary;
            kept.Write(RecordFraming.Frame(content.AsSpan(record)));
        }
        if (!any)
            File.Delete(path);
        else if (kept.Length < content.Length)
            AtomicFile.WriteAllBytes(path, kept.ToArray());
    }

    private static Event? Parse(ReadOnlySpan<byte> record)
    {
        try
        {
            return Event.Parser.ParseFrom(record);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static long NumberOf(string path) =>
        long.TryParse(
            Path.GetFileName(path).AsSpan(Prefix.Length).ToString().Split('.')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long number
        )
            ? number
            : 0;
}
