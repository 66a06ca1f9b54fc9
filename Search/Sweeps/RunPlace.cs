using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Where a chain's run is to be, before one of its stages begins.</summary>
internal static class RunPlace
{
    // What a search writes before its configuration: no work.
    private static readonly string[] Beginnings = ["run.lock", "run.lock.owner", "table.json", "classes.json", "images.json"];

    /// <summary>Waits for a process that may still save what the next one goes on with. A search that was ended before it had a
    /// configuration has left files that it would not write over. Other files are put aside: nobody's work is deleted.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="stage">The stage that is to begin.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    /// <exception cref="UserErrorException">The lock or the folder does not let itself be used.</exception>
    public static async Task ClearAsync(
        SweepFolder folder,
        SweepChain chain,
        SweepStage stage,
        IProgressReporter reporter,
        CancellationToken cancellation
    )
    {
        string run = folder.RunOf(chain),
            stageLock = folder.StageLockOf(chain);
        using ChainLock held = await ChainLock
            .TakeAsync(
                stageLock,
                () => reporter.Say($"{chain.Name}: a process of an earlier stage still holds {stageLock}; this waits for its end."),
                cancellation
            )
            .ConfigureAwait(false);
        if (stage != SweepStage.Search || RunFolder.Exists(run) || !Path.Exists(run))
            return;
        try
        {
            if (Directory.Exists(run) && Directory.EnumerateFileSystemEntries(run).All(path => Beginnings.Contains(Path.GetFileName(path))))
                Directory.Delete(run, recursive: true);
            else
                PutAside(chain, run, reporter);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{run} cannot be put aside: {fault.Message}", fault);
        }
    }

    private static void PutAside(SweepChain chain, string run, IProgressReporter reporter)
    {
        string aside = Enumerable
            .Range(1, int.MaxValue)
            .Select(n => FormattableString.Invariant($"{run}.aside-{n}"))
            .First(to => !Path.Exists(to));
        Directory.Move(run, aside);
        reporter.Say($"{chain.Name}: {run} held files and no run (no config.json); they are in {aside} now, and the search begins.");
    }
}
