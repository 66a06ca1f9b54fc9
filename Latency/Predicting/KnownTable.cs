using System.Globalization;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Predicting;

/// <summary>
/// Another device's table, with which the prediction of a new one begins. Each latency of it is taken in two: what is plausible by the
/// whole table, and what is odd in the one, which may be an accident of measuring. An operator that it has no usable entry for (its
/// measurement failed, or an imported table leaves it out) is none to predict: it is measured.
/// </summary>
public sealed class KnownTable
{
    // How alike its operators are, so many of them tell.
    private const int LearnedFrom = 150,
        Seed = 1;

    private readonly LatencyTable table;
    private readonly Dictionary<OperatorSpec, (double Plausible, double Odd)> found;

    private KnownTable(LatencyTable table)
    {
        this.table = table;
        LatencyEntry[] usable = [.. table.Entries.Where(entry => Has(table, entry.Spec))];
        OperatorFeatures[] features = [.. usable.Select(entry => OperatorFeatures.Of(entry.Spec))];
        double[] logs = [.. usable.Select(entry => Math.Log(entry.MedianMs))];
        int[] some = [.. new StableRandom(Seed, 14).Permutation(usable.Length).Take(LearnedFrom).Order()];
        LatencyKernel kernel = KernelSearch
            .Best(tried => new([.. some.Select(i => features[i])], [.. some.Select(i => logs[i])], tried), LatencyKernel.Start, Seed)
            .Kernel;
        IReadOnlyList<double> odd = new GaussianProcess(features, logs, kernel).Noise();
        found = Enumerable.Range(0, usable.Length).ToDictionary(i => usable[i].Spec, i => (logs[i] - odd[i], odd[i]));
    }

    /// <summary>A table that has enough of a space.</summary>
    /// <param name="table">The other device's table. What is predicted in it counts like what is measured; how much worse it is shows in
    /// the errors that are expected of the new one.</param>
    /// <param name="space">The new table's space.</param>
    /// <param name="budget">As in <see cref="PredictedTable.BuildAsync"/>.</param>
    /// <param name="where">The table's file, for messages.</param>
    /// <exception cref="UserErrorException">It lacks so many of the space's operators that measuring these takes more than half of the
    /// budget.</exception>
    public static KnownTable For(LatencyTable table, SearchSpace space, double budget, string where)
    {
        OperatorSpec[] specs = [.. space.Operators(full: true)],
            wanted = [.. specs.Where(spec => !spec.IsZeroByDefinition)],
            lacking = [.. wanted.Where(spec => !Has(table, spec))];
        int allowed = PredictedTable.Budget(specs, budget) / 2;
        if (lacking.Length <= allowed)
            return Of(table);
        string madeFor = table.Space is null || table.Space == space ? "" : $" It was made for {table.Space}.";
        throw new UserErrorException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{where} lacks {lacking.Length} of the {wanted.Length} operators of the space {space}, '{lacking[0]}' for "
                    + $"one.{madeFor} These are measured in any case, and may be half of the budget, {allowed}: name a table of this "
                    + $"space, or a larger --budget."
            )
        );
    }

    /// <summary>A table, whatever of a space it has.</summary>
    /// <param name="table">The table, with two usable entries at least.</param>
    public static KnownTable Of(LatencyTable table) => new(table);

    /// <summary>
    /// The natural logarithm of an operator's latency there, ms, as the sum of what is plausible by the whole table and of what is odd in
    /// it; null where the table has no usable entry.
    /// </summary>
    public (double Plausible, double Odd)? Find(OperatorSpec spec) => found.TryGetValue(spec, out var one) ? one : null;

    /// <summary>Which table it is, e.g. <c>AMD EPYC, sha-256 7122a16f...</c>.</summary>
    public override string ToString() => $"{table.Identity.DeviceName}, sha-256 {LatencyTableJson.HashOf(table)[..8]}...";

    private static bool Has(LatencyTable table, OperatorSpec spec) =>
        !spec.IsZeroByDefinition && table.Find(spec) is { Failure: null, MedianMs: > 0 };
}
