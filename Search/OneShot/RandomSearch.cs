using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>Random networks of the band, and successive halving between them: what any other search has to beat in the same time.</summary>
/// <param name="options">The configuration; <c>halving:finalists</c> networks are drawn.</param>
/// <param name="data">Training images; validation images decide nothing.</param>
/// <param name="table">Latencies on the target.</param>
/// <param name="target">The band that the student lies in.</param>
/// <param name="run">Where everything is kept.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="hooks">Whom it tells.</param>
public sealed class RandomSearch(
    FasterSegOptions options,
    SegmentationDataset data,
    LatencyTable table,
    LatencyTarget target,
    RunFolder run,
    Device device,
    SearchHooks hooks
) : ISearch
{
    /// <inheritdoc/>
    /// <remarks>What was trained is in the run folder, whoever asks.</remarks>
    public void Resume() { }

    /// <inheritdoc/>
    public bool IsTrained => File.Exists(run.SearchResult);

    /// <inheritdoc/>
    public IReadOnlyList<RoleChoice> Run(CancellationToken cancellation)
    {
        using RunLock held = RunLock.Take(run);
        var space = options.Space.ToSpace();
        SegmentationDataset sized = data.FittedTo(options);
        HeldOutImages images = HeldOutImages.Of(sized.Split("train"), options.OneShot.HeldOut, options.Seed);
        using var evaluation = new HeldOutEvaluation(options, images, device);
        ScoredNetwork teacher = Draw(Role.Teacher, null, 1)[0],
            student = new Halving(options, sized, images, evaluation, run, device, hooks.Reporter).Winner(
                Draw(Role.Student, target, Math.Max(1, options.Halving.Finalists)),
                cancellation
            );
        (RoleChoice, ArchitectureValues)[] found =
        [
            .. new[] { teacher, student }.Select(winner => (winner.Choice(space, table, _ => null), winner.Genotype.Values)),
        ];
        return FoundNetworks.Keep(run, found, space, table, hooks, cancellation);

        IReadOnlyList<ScoredNetwork> Draw(Role role, LatencyTarget? band, int count) =>
            new Evolution(space, role, table, band, new() { Population = count }, count, options.Seed).Run(
                _ => default,
                (_, _) => { },
                cancellation
            );
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
