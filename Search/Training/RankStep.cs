using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using FasterSeg.Search.Collectives;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>What every rank does alike.</summary>
internal static class RankStep
{
    /// <summary>Computes this rank's slice and adds up everybody's.</summary>
    /// <param name="ranks">All ranks.</param>
    /// <param name="vector">Of this rank's network.</param>
    /// <param name="slice">Leaves the slice's gradients in the network.</param>
    /// <param name="interrupted">The user wants this rank to end.</param>
    /// <returns>The sums of gradients and statistics, on the CPU, in the caller's scope; the sum of the losses; and whether the user wants
    /// any rank to end.</returns>
    /// <exception cref="RankFailedException">Another rank failed. Where this one did, its own exception is thrown.</exception>
    public static (Tensor Sums, StepLosses Losses, bool Interrupted) Run(
        ICollective ranks,
        ReplicaVector vector,
        Func<StepLosses> slice,
        bool interrupted
    )
    {
        StepLosses own = default;
        ExceptionDispatchInfo? fault = null;
        try
        {
            own = slice();
        }
        // The others wait for this one: first they are told, and then it ends.
        catch (Exception e)
        {
            fault = ExceptionDispatchInfo.Capture(e);
        }
        double[][] all = ranks.Gather([own.Loss, own.Distillation, interrupted ? 1 : 0, fault is null ? 0 : 1]);
        RequireNone(ranks, all.Select(rank => rank[3] > 0), fault);
        Tensor sums = vector.Step().cpu();
        ranks.Sum(Floats(sums));
        return (
            sums,
            all.Aggregate(default(StepLosses), (sum, rank) => sum + new StepLosses(rank[0], rank[1])),
            all.Any(rank => rank[2] > 0)
        );
    }

    /// <summary>Tells everybody whether this rank is ready, and hears of all others.</summary>
    /// <param name="ranks">All ranks.</param>
    /// <param name="fault">Why it is not; null where it is.</param>
    /// <exception cref="RankFailedException">Another rank is not. Where this one is not, its own exception is thrown.</exception>
    public static void Ready(ICollective ranks, ExceptionDispatchInfo? fault) =>
        RequireNone(ranks, ranks.Gather([fault is null ? 0 : 1]).Select(rank => rank[0] > 0), fault);

    /// <summary>Gives every rank the first one's weights and statistics.</summary>
    /// <param name="ranks">All ranks.</param>
    /// <param name="network">Of this rank's network.</param>
    /// <param name="device">Where it lives.</param>
    public static void Share(ICollective ranks, ReplicaVector network, Device device)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor state = network.State().cpu();
        ranks.Broadcast(state.bytes);
        if (ranks.Rank > 0)
            network.TakeState(state.to(device));
    }

    private static Span<float> Floats(Tensor vector) => MemoryMarshal.Cast<byte, float>(vector.bytes);

    private static void RequireNone(ICollective ranks, IEnumerable<bool> failed, ExceptionDispatchInfo? own)
    {
        own?.Throw();
        int first = failed.ToList().IndexOf(true);
        if (first >= 0)
            throw new RankFailedException(first, ranks.Size);
    }
}
