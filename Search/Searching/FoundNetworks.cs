using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>What a search of any method leaves in its run folder: the networks, what they come from, and their pictures.</summary>
internal static class FoundNetworks
{
    /// <summary>Writes all of it; waits where the disk is full.</summary>
    /// <param name="run">The run.</param>
    /// <param name="found">For each role the pair that won, with the parameters that it comes from.</param>
    /// <param name="space">The space, at whose size the pictures are.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="hooks">Draws, and tells the user of a wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The choices.</returns>
    /// <exception cref="UserErrorException">A role is trained already, and another network was found for it.</exception>
    public static IReadOnlyList<RoleChoice> Keep(
        RunFolder run,
        IReadOnlyList<(RoleChoice Choice, ArchitectureValues Values)> found,
        SearchSpace space,
        LatencyTable table,
        SearchHooks hooks,
        CancellationToken cancellation
    )
    {
        foreach ((RoleChoice choice, _) in found)
            RequireSame(run, choice);
        new Patience(hooks.Reporter, hooks.Pause, () => Patience.Kept(run.SearchCheckpoint)).Run(
            "The search",
            () =>
            {
                SearchResultFile.Write(run, found);
                foreach ((RoleChoice choice, _) in found)
                    hooks.Pictures?.Save(run, NetworkPlan.Of(choice.Winner.Architecture, space), table);
            },
            cancellation
        );
        return [.. found.Select(each => each.Choice)];
    }

    /// <summary>What was trained for hours is not left without its network.</summary>
    private static void RequireSame(RunFolder run, RoleChoice choice)
    {
        string file = run.Architecture(choice.Role);
        if (
            !run.TrainingCheckpoint(choice.Role).Exists
            || !File.Exists(file)
            || DerivedArchitectureJson.Load(file).Equals(choice.Winner.Architecture)
        )
            return;
        string role = choice.Role.Name();
        throw new UserErrorException(
            $"The search has found another {role} now, and that of {file} is trained already ({run.TrainingCheckpoint(choice.Role).Path}): "
                + "it stays the run's. Search with these settings in another folder."
        );
    }
}
