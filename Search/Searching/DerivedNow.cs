using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>The networks that would be derived from the parameters as they are now: estimated, logged, measured, and chosen at the
/// end.</summary>
/// <param name="model">Whose parameters.</param>
/// <param name="searching">How to derive and to steer.</param>
/// <param name="target">The band in which the derived student shall land.</param>
/// <param name="hooks">Measures them from time to time, draws them, tells the user.</param>
/// <param name="patience">Waits for a profiler that is away, and for room on the disk.</param>
internal sealed class DerivedNow(SearchModel model, SearchingOptions searching, LatencyTarget target, SearchHooks hooks, Patience patience)
{
    private const string Phase = SearchPhase.Name;

    /// <summary>Logs both pairs of both roles after an epoch, and steers the latency's weight by the student's.</summary>
    /// <param name="at">The epoch's last step.</param>
    /// <param name="table">The latencies.</param>
    /// <param name="progress">With the weight of the epoch that ended.</param>
    /// <param name="expectedMs">The student's expected latency.</param>
    /// <param name="log">Of the phase.</param>
    /// <returns>The progress with what weighs in the next epoch.</returns>
    public SearchProgress Steer(BatchPosition at, LatencyTable table, SearchProgress progress, double expectedMs, ScalarLog log)
    {
        using IDisposable scope = NewDisposeScope();
        DerivedPair[] students = Pairs(Role.Student, table),
            teachers = Pairs(Role.Teacher, table);
        double[] student = [.. students.Select(pair => pair.EstimateMs)],
            teacher = [.. teachers.Select(pair => pair.EstimateMs)];
        ArchitectureEntropy t = model.Teacher.Entropy(),
            s = model.Student.Entropy();
        double latencyWeight = progress.LatencyWeight;
        SearchProgress next = Next(progress, student, expectedMs);
        foreach (
            var (name, value) in new[]
            {
                ("student_estimate_32_8_ms", student[0]),
                ("student_estimate_32_16_ms", student[1]),
                ("teacher_estimate_32_8_ms", teacher[0]),
                ("teacher_estimate_32_16_ms", teacher[1]),
                ("student_entropy_alpha", s.Alpha),
                ("student_entropy_beta", s.Beta),
                ("student_entropy_gamma", s.Gamma),
                ("teacher_entropy_alpha", t.Alpha),
                ("teacher_entropy_beta", t.Beta),
                ("latency_weight", latencyWeight),
                ("target_low_ms", target.LowMs),
                ("target_high_ms", target.HighMs),
            }
        )
            log.Add(Phase, at, name, value);
        foreach (DerivedPair pair in students.Concat(teachers))
            hooks.Pictures?.Log(log, at, Plan(pair.Architecture), table);
        string format = FormattableString.Invariant($"F{target.DigitsBeside(student)}");
        string[] latencies =
        [
            .. new[] { student[0], student[1], target.LowMs, target.HighMs }.Select(ms =>
                ms.ToString(format, CultureInfo.InvariantCulture)
            ),
        ];
        hooks.Reporter.Say(
            FormattableString.Invariant($"epoch {at.Epoch + 1}: derived student 32+8 {latencies[0]} ms, 32+16 {latencies[1]} ms (target ")
                + FormattableString.Invariant(
                    $"{latencies[2]}-{latencies[3]}); teacher {teacher[0]:F3}, {teacher[1]:F3} ms; entropy alpha "
                )
                + FormattableString.Invariant(
                    $"{s.Alpha:F3}/{t.Alpha:F3} beta {s.Beta:F3}/{t.Beta:F3} gamma {s.Gamma:F3} (student/teacher); latency weight "
                )
                + FormattableString.Invariant($"{latencyWeight:G3} -> {next.LatencyWeight:G3}")
        );
        return next;
    }

    /// <summary>The progress of a search that begins, with what weighs in its first epoch.</summary>
    public SearchProgress Begin(SearchProgress progress, LatencyTable table, double expectedMs)
    {
        if (searching.Controller != WeightRule.Lagrangian || progress.Lagrangian is not null)
            return progress;
        using IDisposable scope = NewDisposeScope();
        double[] student = [.. Pairs(Role.Student, table).Select(pair => pair.EstimateMs)];
        return With(progress, AugmentedLagrangian.Begin(progress.LatencyWeight, student, target, expectedMs), expectedMs);
    }

    /// <summary>Measures them beside their estimates, where it is time to. Draws nothing from torch's generator, so the search is the same
    /// without it.</summary>
    public void Measure(BatchPosition at, LatencyTable table, ScalarLog log, CancellationToken cancellation)
    {
        if (hooks.Measurement is not { } measurement || (at.Epoch + 1) % measurement.Every != 0)
            return;
        using Tensor random = get_rng_state();
        try
        {
            foreach (DerivedPair pair in Pairs(Role.Student, table).Concat(Pairs(Role.Teacher, table)))
            {
                using var network = new DerivedNetwork(pair.Architecture);
                if (TryMeasure(measurement, network, cancellation) is not { } measured)
                    return;
                (string name, string branches) = (pair.Architecture.Role.Name(), pair.Architecture.Pair);
                log.Add(Phase, at, $"{name}_measured_{branches.Replace('+', '_')}_ms", measured.MedianMs);
                hooks.Reporter.Say(
                    FormattableString.Invariant($"epoch {at.Epoch + 1}: {name} {branches} measured {measured.MedianMs:F3} ms, estimate ")
                        + FormattableString.Invariant(
                            $"{pair.EstimateMs:F3} ms ({SignedNumber.Percent(Agreement.Error(pair.EstimateMs, measured.MedianMs))})"
                        )
                );
            }
            patience.Run("The search", log.Flush, cancellation);
        }
        finally
        {
            set_rng_state(random);
        }
    }

    /// <summary>Both pairs of a role with their supernet mIoU on the validation images; the better one first; by latency alone where no
    /// pixel of these counts.</summary>
    public RoleChoice Choose(Role role, ISampleSource validation, LatencyTable table, CancellationToken cancellation)
    {
        int count = searching.ValidationImages > 0 ? Math.Min(searching.ValidationImages, validation.Count) : validation.Count;
        (double? with8, double? with16) = SupernetEvaluation.MeanIou(model, role, validation, count, searching.DownSampling, cancellation);
        DerivedPair[] pairs = Pairs(role, table, target);
        return PairChoice
            .Of(pairs[0] with { MeanIou = with8 }, pairs[1] with { MeanIou = with16 }, asked: null, target, searching.Derivation)
            .Choice;
    }

    /// <summary>A network at the size that it is deployed at.</summary>
    public NetworkPlan Plan(DerivedArchitecture architecture) => NetworkPlan.Of(architecture, model.Space);

    /// <summary>Waits for a profiler that is away; one that refuses is no reason to end a search that does without.</summary>
    private ModelMeasurement? TryMeasure(DerivedMeasurement measurement, DerivedNetwork network, CancellationToken cancellation)
    {
        try
        {
            return patience.Run("The search", () => measurement.Measure(network), cancellation);
        }
        catch (UserErrorException refusal)
        {
            hooks.Reporter.Say($"The derived networks are not measured this time: {refusal.Message}");
            return null;
        }
    }

    private SearchProgress Next(SearchProgress progress, double[] student, double expectedMs) =>
        searching.Controller switch
        {
            WeightRule.Lagrangian => With(
                progress,
                progress.Lagrangian!.Value.Next(searching.LatencyPenalty, student, target, expectedMs),
                expectedMs
            ),
            WeightRule.Proportional => progress with
            {
                LatencyWeight = LatencyWeightController.NextProportional(progress.LatencyWeight, student, target.LowMs, target.HighMs),
            },
            WeightRule.Halving => progress with
            {
                LatencyWeight = LatencyWeightController.Next(progress.LatencyWeight, student, target.LowMs, target.HighMs),
            },
            _ => throw new InvalidOperationException($"There is no rule {searching.Controller}."),
        };

    private SearchProgress With(SearchProgress progress, AugmentedLagrangian lagrangian, double expectedMs) =>
        progress with
        {
            Lagrangian = lagrangian,
            LatencyWeight = lagrangian.WeightAt(searching.LatencyPenalty, expectedMs),
        };

    private DerivedPair[] Pairs(Role role, LatencyTable table, LatencyTarget? band = null)
    {
        var values = new ParametersFile(model.Of(role).Values(), null, null);
        var (with8, with16) = DerivedPairs.Of(values, model.Space, role, searching, table, band);
        return [with8, with16];
    }
}
