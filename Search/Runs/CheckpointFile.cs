using System.Runtime.InteropServices;
using System.Text;
using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>A binary file of one kind that is there whole or not at all: written beside, flushed to the disk, renamed.</summary>
/// <param name="path">Where it lies.</param>
/// <param name="kind">What it holds, e.g. <c>search</c>; a file of another kind is refused.</param>
public sealed class CheckpointFile(string path, string kind)
{
    private const string Magic = "FasterSeg checkpoint 1";
    private const string End = "end";
    private const string StartAnew = "start anew without --resume";

    /// <summary>Where it lies.</summary>
    public string Path { get; } = path;

    /// <summary>Whether there is one.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Replaces the file with what <paramref name="write"/> writes.</summary>
    public void Write(Action<BinaryWriter> write) => AtomicFile.Write(Path, file =>
        {
            using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
            writer.Write(Magic);
            writer.Write(kind);
            write(writer);
            writer.Write(End);
        });

    /// <summary>Reads the file.</summary>
    /// <param name="read">Reads what was written.</param>
    /// <param name="wholeFile">False where <paramref name="read"/> wants only the beginning.</param>
    /// <param name="advice">What to do where it is damaged.</param>
    /// <exception cref="DamagedRunException">It is damaged or of another kind.</exception>
    /// <exception cref="UserErrorException">It is missing.</exception>
    public T Read<T>(Func<BinaryReader, T> read, bool wholeFile = true, string advice = StartAnew)
    {
        if (!Exists)
            throw new UserErrorException($"There is no checkpoint at {Path}: run the phase that writes it first.");
        UserFile.RequireFile(Path);
        try
        {
            using var file = File.OpenRead(Path);
            using var reader = new BinaryReader(file, Encoding.UTF8);
            if (reader.ReadString() != Magic || reader.ReadString() != kind)
                throw new DamagedRunException($"{Path} is not a {kind} checkpoint of this program: name another file, or {advice}.");
            T result = read(reader);
            if (wholeFile && reader.ReadString() != End)
                throw new InvalidDataException();
            return result;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new DamagedRunException(
                $"The checkpoint {Path} is damaged, or was written for another configuration ({e.Message}): {advice}.",
                e
            );
        }
    }

    /// <summary>What readers of this program and torch throw at bytes that they did not write.</summary>
    private static bool IsDamage(Exception e) =>
        e
            is EndOfStreamException
                or InvalidDataException
                or ArgumentException
                or FormatException
                or IndexOutOfRangeException
                or OverflowException
                or InvalidOperationException
                or NotSupportedException
                or NotImplementedException
                or ExternalException;
}
