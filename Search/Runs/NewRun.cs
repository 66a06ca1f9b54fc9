using FasterSeg.Latency;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Runs;

/// <summary>
/// A run that a command has just begun. A command that fails before the run holds any work takes away what it wrote, so that the corrected
/// command finds the folder as this one did. What lay there before stays.
/// </summary>
public sealed class NewRun : IDisposable
{
    private readonly bool isOwnFolder;
    private readonly string[] more;
    private readonly HashSet<string> before;
    private readonly FileStream beginning;
    private bool isKept;

    private NewRun(RunFolder folder, bool isOwnFolder, string[] more)
    {
        (Folder, this.isOwnFolder, this.more) = (folder, isOwnFolder, more);
        if (folder.IsLeftBegun)
            Array.ForEach([.. folder.Files], File.Delete);
        // The lock is this command's own, whoever locked the folder before.
        string[] own = [folder.Lock, LockOwner.Beside(folder.Lock), folder.Beginning];
        before = [.. Directory.EnumerateFileSystemEntries(folder.Path).Except(own)];
        // Open for as long as this command lives: then nobody takes for left what it is about to go on with.
        beginning = new FileStream(folder.Beginning, FileMode.Create, FileAccess.Write, FileShare.Delete);
    }

    /// <summary>The run.</summary>
    public RunFolder Folder { get; }

    /// <summary>Makes a run's folder, or takes one that holds none, and writes what the run begins with. What a killed command had
    /// begun there goes first.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="write">Writes what makes it a run; where that fails, nothing of it stays.</param>
    /// <param name="more">Names of further files that will be written there.</param>
    /// <exception cref="UserErrorException">It holds a run already, a file that would be replaced, or another command has just begun a run
    /// there.</exception>
    public static NewRun Begin(string path, Action<RunFolder> write, params IEnumerable<string> more)
    {
        string[] names = [.. more];
        RunFolder.RequireNew(path, names);
        bool isNew = !Directory.Exists(path);
        RunFolder folder = RunFolder.Create(path);
        // Of two commands that begin in one folder at once the second must not take the first one's files for its own.
        using RunLock held = RunLock.Take(folder);
        RunFolder.RequireNew(path, names);
        var run = new NewRun(folder, isNew, names);
        try
        {
            write(folder);
            folder.EndBeginning();
        }
        catch
        {
            run.Remove();
            throw;
        }
        return run;
    }

    /// <summary>The run stays, whatever comes.</summary>
    public void Keep()
    {
        isKept = true;
        End();
    }

    /// <summary>Takes the run away again where it is not to be kept and holds no work.</summary>
    public void Dispose()
    {
        if (isKept || Work().Any(Path.Exists) || Directory.EnumerateFileSystemEntries(Folder.Path, "halving-*").Any())
        {
            End();
            return;
        }
        try
        {
            using RunLock held = RunLock.Take(Folder);
            Remove();
        }
        catch (UserErrorException)
        {
            // Somebody works in it by now.
            End();
        }
    }

    private void End()
    {
        Folder.EndBeginning();
        beginning.Dispose();
    }

    /// <summary>Files that cost work.</summary>
    private IEnumerable<string> Work() =>
        [
            Folder.SearchCheckpoint.Path,
            Folder.SearchResult,
            Folder.TrainingCheckpoint(Role.Teacher).Path,
            Folder.TrainingCheckpoint(Role.Student).Path,
            Folder.Scores,
            Folder.AdaptedScores,
        ];

    /// <summary>What fails here leaves a file behind and hides no other fault.</summary>
    private void Remove()
    {
        Role[] roles = [Role.Teacher, Role.Student];
        IEnumerable<string> pictures = roles.SelectMany(role => new[] { Folder.PathPicture(role), Folder.OperatorPicture(role) });
        string events = Folder.AllEvents;
        beginning.Dispose();
        try
        {
            IEnumerable<string> own =
            [
                .. Folder.Files,
                .. pictures,
                .. more.Select(Folder.In),
                .. Directory.EnumerateFiles(Folder.Path, "table-*.json"),
                LockOwner.Beside(Folder.Lock),
                Folder.Lock,
                // At last: until then it says whose the others are.
                Folder.Beginning,
            ];
            foreach (string file in own.Where(file => !before.Contains(file)))
                File.Delete(file);
            if (Directory.Exists(events) && !before.Contains(events))
                Directory.Delete(events, recursive: true);
            if (isOwnFolder && !Directory.EnumerateFileSystemEntries(Folder.Path).Any())
                Directory.Delete(Folder.Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { }
    }
}
