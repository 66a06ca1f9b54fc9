using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The front that a quickstart adds to its run, in a folder of the run. One that was killed while it was made is made once
/// more.</summary>
internal static class QuickstartFront
{
    /// <summary>How many networks are looked for.</summary>
    public const int Networks = 5;

    private static readonly string[] Names = SupernetDerivation.FilesOfFront(Networks);

    /// <summary>Passes where the front is there, or can be made: what stands in its way is told before the search and not after.</summary>
    /// <param name="path">The run's folder.</param>
    /// <param name="run">The run; null where it is not begun yet.</param>
    /// <exception cref="UserErrorException">Something else lies where it belongs.</exception>
    public static void Require(string path, RunFolder? run)
    {
        if (run?.BegunFront is not { } begun)
            RunFolder.RequireNew(RunFolder.FrontFolderOf(path), Names);
        else if (!File.Exists(begun.Front) && Entries(begun).FirstOrDefault(entry => !IsOfFront(begun, entry)) is { } other)
            throw new UserErrorException(
                begun.Files.Any(file => !IsOfFront(begun, file))
                    ? $"{begun.Path} holds another run, and the front of {path} belongs there: move it away."
                    : $"{other} is no file of a front, and the front of {path} is made anew in that folder: move the file away."
            );
    }

    /// <summary>Takes away what a killed process has left; what it has scored is in the run.</summary>
    /// <exception cref="UserErrorException">Somebody has put something else there meanwhile.</exception>
    public static void Clear(RunFolder run)
    {
        Require(run.Path, run);
        if (run.BegunFront is not { } begun || File.Exists(begun.Front))
            return;
        foreach (string file in Entries(begun))
            File.Delete(file);
        Directory.Delete(begun.Path);
    }

    private static string[] Entries(RunFolder front) => [.. Directory.EnumerateFileSystemEntries(front.Path).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file is one of those that a front begins with, or one of these cut off.</summary>
    private static bool IsOfFront(RunFolder front, string path) =>
        File.Exists(path)
        && Names
            .Select(front.In)
            .Concat([
                front.Configuration,
                front.Table,
                front.Classes,
                front.Scored,
                front.Lock,
                LockOwner.Beside(front.Lock),
                front.Beginning,
            ])
            .Any(own =>
                path == own || (path.StartsWith(own + ".", StringComparison.Ordinal) && path.EndsWith(".new", StringComparison.Ordinal))
            );
}
