using System.Buffers.Binary;
using FasterSeg.Latency;
using Google.Protobuf;

namespace FasterSeg.Search.Runs.TensorBoard;

/// <summary>A picture that a run logged.</summary>
/// <param name="Phase">Of the run, e.g. <c>search</c>.</param>
/// <param name="Tag">What it shows, e.g. <c>path/student_32_8</c>.</param>
/// <param name="Step">When, in steps of the phase.</param>
/// <param name="Png">The file's bytes.</param>
public sealed record LoggedPicture(string Phase, string Tag, long Step, byte[] Png);

/// <summary>The newest picture of each kind in a run's event files. They may be growing: each look reads on where the one before
/// ended.</summary>
/// <param name="run">The run.</param>
public sealed class LastPictures(RunFolder run)
{
    private const int HeaderBytes = 12,
        FooterBytes = 4;

    /// <summary>Pictures that are kept, of all phases; a run has a dozen.</summary>
    public const int Most = 40;

    /// <summary>Bytes that all of them may have.</summary>
    public const long MostBytes = 64L << 20;

    // A longer one is passed over.
    private const int LargestRecord = 8 << 20,
        LongestTag = 200;

    private readonly Dictionary<string, long> ends = [];
    private readonly Dictionary<(string Phase, string Tag), (string File, LoggedPicture Picture)> pictures = [];

    /// <summary>Whether more was logged than is kept here.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Looks at what is new.</summary>
    /// <returns>The newest picture of each phase and tag, ordered by both. A file that cannot be read has none.</returns>
    public IReadOnlyList<LoggedPicture> Read()
    {
        string[] phases = Directory.Exists(run.AllEvents) ? Directory.GetDirectories(run.AllEvents) : [];
        string[] files = [.. phases.SelectMany(EventLog.Files)];
        foreach (string gone in ends.Keys.Except(files).ToArray())
            Forget(gone);
        foreach (string file in files)
        {
            try
            {
                ReadOn(file, Path.GetFileName(Path.GetDirectoryName(file)!));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
            {
                Forget(file);
            }
        }
        return
        [
            .. pictures
                .Values.Select(one => one.Picture)
                .OrderBy(one => one.Phase, StringComparer.Ordinal)
                .ThenBy(one => one.Tag, StringComparer.Ordinal),
        ];
    }

    private void ReadOn(string path, string phase)
    {
        UserFile.RequireFile(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        long at = ends.GetValueOrDefault(path);
        // A resumed phase takes out of it what it will do again.
        if (file.Length < at)
        {
            Forget(path);
            at = 0;
        }
        Span<byte> header = stackalloc byte[HeaderBytes];
        while (file.Length - at >= HeaderBytes + FooterBytes)
        {
            file.Position = at;
            file.ReadExactly(header);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            bool whole =
                BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == RecordFraming.MaskedCrc(header[..8])
                && length <= (ulong)(file.Length - at - HeaderBytes - FooterBytes);
            if (!whole)
                break;
            if (length >= LargestRecord)
                HasMore = true;
            else
            {
                byte[] record = new byte[length];
                file.ReadExactly(record);
                Take(path, phase, Event.Parser.ParseFrom(record));
            }
            at += HeaderBytes + (long)length + FooterBytes;
        }
        ends[path] = at;
    }

    private void Take(string path, string phase, Event what)
    {
        foreach (Summary.Types.Value value in what.Summary?.Value ?? [])
        {
            if (value.ValueCase != Summary.Types.Value.ValueOneofCase.Image)
                continue;
            var key = (phase, value.Tag);
            if (pictures.TryGetValue(key, out var known) && known.Picture.Step > what.Step)
                continue;
            pictures.Remove(key);
            // The newest of what is there already goes on; what is more is left out.
            if (
                pictures.Count >= Most
                || pictures.Values.Sum(one => one.Picture.Png.LongLength) + value.Image.EncodedImageString.Length > MostBytes
                || value.Tag.Length > LongestTag
            )
            {
                HasMore = true;
                continue;
            }
            pictures[key] = (path, new LoggedPicture(phase, value.Tag, what.Step, value.Image.EncodedImageString.ToByteArray()));
        }
    }

    private void Forget(string path)
    {
        ends.Remove(path);
        foreach (var key in pictures.Where(one => one.Value.File == path).Select(one => one.Key).ToArray())
            pictures.Remove(key);
    }
}
