using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>What the chains of a plan cost by some real steps; how long these take is nobody's concern here.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SweepTimingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("pretrain", SearchMethod.Differentiable)]
    [InlineData("search", SearchMethod.Differentiable)]
    [InlineData("search", SearchMethod.Oneshot)]
    [InlineData("scores_adapted", SearchMethod.Oneshot)]
    [InlineData("halving", SearchMethod.Random)]
    [InlineData("train_teacher", SearchMethod.Differentiable)]
    [InlineData("train_student", SearchMethod.Differentiable)]
    [InlineData("evaluate", SearchMethod.Differentiable)]
    public void Some_steps_of_every_phase_are_done_and_timed_with_a_table_and_without(string task, SearchMethod method)
    {
        foreach (bool isMeasured in new[] { false, true })
        {
            FasterSegOptions options = TinySearch.Options();
            options.Searching.Method = method;
            (options.OneShot.CropHeight, options.OneShot.CropWidth, options.OneShot.Batch) = (32, 64, 2);
            LatencyTable? table = isMeasured ? TinySpace.Table(options.Space.ToSpace()) : null;
            string scratch = folder[isMeasured ? "with" : "without"];
            var timing = new PhaseTiming(options, TinySearch.Data(options), table, RunFolder.Create(scratch), CPU);
            PhaseTime time = timing.Of(task, TestContext.Current.CancellationToken);
            Assert.Equal(task, time.Task);
            Assert.InRange(time.Count, 1, 20);
            Assert.True(time.Seconds > 0 && double.IsFinite(time.Seconds), $"{time}");
            // Nothing of it is kept for anybody to go on with.
            Assert.Empty(Directory.EnumerateFiles(scratch, "*.checkpoint"));
        }
    }

    [Fact]
    public void An_interruption_ends_it_at_the_next_step()
    {
        FasterSegOptions options = TinySearch.Options();
        var timing = new PhaseTiming(options, TinySearch.Data(options), null, RunFolder.Create(folder["scratch"]), CPU);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => timing.Of("train_teacher", stop.Token));
    }

    [Fact]
    public void A_chain_takes_its_steps_and_images_times_what_one_of_them_took()
    {
        SweepPlan plan = MadeSweep.Plan(folder, seeds: 2, stages: "\"search\", \"teacher\", \"student\", \"eval\"");
        var timing = SweepTiming.Made(plan, "cpu", (_, cost) => new PhaseTime(cost.Task, cost.Task == "evaluate" ? 0.5 : 2, 10));
        SweepChain[] chains = [.. plan.Chains];
        // Pretraining, search and two trainings have six steps each; a random network has the trainings alone.
        double images = chains[0].Costs.Single(cost => cost.Task == "evaluate").Images;
        Assert.Equal((4 * 6 * 2) + (0.5 * images), timing.Seconds(chains[0])!.Value, 9);
        Assert.Equal((2 * 6 * 2) + (0.5 * images), timing.Seconds(chains[2])!.Value, 9);
        // Ten steps of each phase that is another one: seeds and the latency's terms make no other training.
        Assert.Equal(70, timing.Count);
    }

    [Fact]
    public void Of_a_chain_with_a_phase_that_was_not_timed_no_hours_are_told()
    {
        SweepPlan plan = MadeSweep.Plan(folder);
        var timing = SweepTiming.Made(plan, "cpu", (_, cost) => cost.Task == "pretrain" ? null : new PhaseTime(cost.Task, 1, 2));
        SweepChain[] chains = [.. plan.Chains];
        Assert.Null(timing.Seconds(chains[0]));
        Assert.Equal(12, timing.Seconds(chains[2]));
    }
}
