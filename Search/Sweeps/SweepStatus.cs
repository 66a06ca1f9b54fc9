using FasterSeg.Latency;

namespace FasterSeg.Search.Sweeps;

/// <summary>How far a sweep is.</summary>
/// <param name="Folder">The sweep.</param>
/// <param name="Chains">Its chains.</param>
public sealed record SweepStatus(SweepFolder Folder, IReadOnlyList<ChainStatus> Chains)
{
    /// <summary>Looks at a sweep; what cannot be read of it is a chain's fault.</summary>
    public static SweepStatus Of(SweepFolder folder)
    {
        IReadOnlyList<ChainReading> read = ChainReading.All(folder);
        var times = new SweepTimes(read.Select(each => (each.Chain, each.State)));
        return new(folder, [.. read.Select(each => Of(folder, each, times))]);
    }

    private static ChainStatus Of(SweepFolder folder, ChainReading read, SweepTimes times)
    {
        (SweepChain chain, ChainState state, string? fault) = read;
        IReadOnlyList<SweepStage> stages = folder.Sweep.Stages;
        StageState[] begun = [.. stages.Select(stage => state[stage])];
        string? owner = Owner(folder.LockOf(chain));
        ChainWork work =
            state.IsDone(stages) ? ChainWork.Done
            : owner is not null ? ChainWork.Running
            : fault is not null || begun.Any(stage => stage.IsRefused) ? ChainWork.Refused
            : begun.Any(stage => stage.HasFailed) ? ChainWork.Failed
            : begun.Any(stage => stage.Attempts > 0) ? ChainWork.Interrupted
            : ChainWork.Waiting;
        return new(
            chain,
            state,
            work,
            owner,
            fault ?? begun.FirstOrDefault(stage => stage.HasFailed)?.Failure,
            work == ChainWork.Done ? 0 : times.Left(chain, state, stages)
        );
    }

    /// <summary>Who holds a lock; null where nobody does.</summary>
    private static string? Owner(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            // Who claims the chain in this very moment looks again.
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException fault) when (LockFaults.IsHeld(fault))
        {
            return LockOwner.Of(path) ?? "another program";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Somebody else's sweep may be looked at.
            return null;
        }
    }
}

/// <summary>How far a chain is.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="State">Its stages.</param>
/// <param name="Work">In a word.</param>
/// <param name="Owner">Who works on it; null where nobody does.</param>
/// <param name="Failure">What its last failure said.</param>
/// <param name="SecondsLeft">By what other chains took; null where that is not known.</param>
public sealed record ChainStatus(SweepChain Chain, ChainState State, ChainWork Work, string? Owner, string? Failure, double? SecondsLeft);

/// <summary>How far a chain is, in a word.</summary>
public enum ChainWork
{
    /// <summary>Nobody has begun it.</summary>
    Waiting,

    /// <summary>Somebody works on it.</summary>
    Running,

    /// <summary>It was begun, and nobody works on it.</summary>
    Interrupted,

    /// <summary>It has failed; the next <c>sweep run</c> tries it again.</summary>
    Failed,

    /// <summary>It has failed in a way in which it would fail again.</summary>
    Refused,

    /// <summary>All of its stages are done.</summary>
    Done,
}
