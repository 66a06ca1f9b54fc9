using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Sweeps;
using Spectre.Console;
using ChainState = FasterSeg.Search.Sweeps.ChainState;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A sweep's chains for the agents of a fleet.</summary>
internal static class FleetSubmission
{
    /// <summary>Submits what is not done.</summary>
    public static async Task<int> RunAsync(SweepFolder folder, string url, bool again, IAnsiConsole console, CancellationToken cancellation)
    {
        using var fleet = SweepConnection.Open(url);
        var request = new AddSweepRequest
        {
            Place = folder.Path,
            Mark = SweepFolder.MarkIn(folder.Path),
            Again = again,
        };
        foreach (SweepChain chain in folder.Sweep.Chains)
            request.Chains.Add(new NewChain { Name = chain.Name, Done = Look(folder, chain, again).IsDone(folder.Sweep.Stages) });
        FleetSweep sweep = await fleet.AddAsync(request, cancellation);
        int all = folder.Sweep.Chains.Count,
            open = sweep.Waiting + sweep.Leased;
        if (open == 0 && sweep.Failed + sweep.Refused == 0)
        {
            console.WriteLine("All chains are done: there is nothing to submit.");
            return ExitCodes.Done;
        }
        ConsoleText.Write(
            console,
            CommandText.Below(
                FormattableString.Invariant($"The fleet has {open} of {all} chains for its agents, as the sweep {sweep.Id}")
                    + (
                        sweep.Failed + sweep.Refused == 0
                            ? ""
                            : FormattableString.Invariant($"; {sweep.Failed + sweep.Refused} were refused (--again tries them again)")
                    )
                    + ". Who works on it:",
                Suggestion.Of("fleet", "sweeps", sweep.Id, ProfilerOption.UrlName, url.Split(',')[0])
            )
        );
        return ExitCodes.Done;
    }

    /// <summary>How far a chain is. What has failed is tried again by whoever submits it, as by whoever runs it.</summary>
    private static ChainState Look(SweepFolder folder, SweepChain chain, bool again)
    {
        string file = folder.StateOf(chain);
        var state = ChainState.Of(folder, chain);
        ChainState pardoned = state.Pardoned(folder.Sweep.Retries, again);
        if (pardoned == state)
            return state;
        using ChainLock? mine = ChainLock.TryTake(folder.LockOf(chain));
        // Who works on it knows better.
        if (mine is not null)
            ChainState.Of(folder, chain).Pardoned(folder.Sweep.Retries, again).Save(file);
        return pardoned;
    }
}
