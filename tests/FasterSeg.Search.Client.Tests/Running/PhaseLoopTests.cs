using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Running;
using FasterSeg.Search.Client.Tests.Searching;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Running;

/// <summary>The loop of every phase, and the log of its scalars.</summary>
public sealed class PhaseLoopTests
{
    [Fact]
    public void The_learning_rate_decays_by_epochs_or_as_a_power_of_what_is_left()
    {
        var decay = new PhaseLoop("p", new PhaseOptions { Epochs = 4, LearningRate = 0.1, LearningRateDecay = 0.5 }, stepsPerEpoch: 10);
        Assert.Equal([0.1, 0.1, 0.05, 0.0125], Rates(decay, (0, 0), (0, 9), (1, 0), (3, 5)));
        var power = new PhaseLoop("p", new PhaseOptions { Epochs = 4, LearningRate = 0.1, PolyPower = 0.9 }, stepsPerEpoch: 10);
        Assert.Equal([0.1, Math.Round(0.1 * Math.Pow(0.75, 0.9), 12), Math.Round(0.1 * Math.Pow(1 / 40.0, 0.9), 12)], Rates(power, (0, 0), (1, 0), (3, 9)));
    }

    [Fact]
    public void Checkpoints_come_every_few_steps_and_at_each_epochs_end_after_its_log()
    {
        using var folder = new TemporaryFolder();
        using var log = new ScalarLog(folder["s.csv"], "p", default);
        var saved = new List<(BatchPosition At, int Rows)>();
        new PhaseLoop("p", new PhaseOptions { Epochs = 2, CheckpointSteps = 2 }, stepsPerEpoch: 3).Run(default, (_, _) => [("loss", 1)],
            at => saved.Add((at, File.ReadAllLines(folder["s.csv"]).Length - 1)), null, log, new ListeningReporter(), CancellationToken.None);
        Assert.Equal([(new(0, 2), 2), (new(1, 0), 3), (new(1, 1), 4), (new(2, 0), 6)], saved);
    }

    [Fact]
    public void A_log_that_goes_on_drops_later_rows_of_its_phase_only()
    {
        using var folder = new TemporaryFolder();
        using (var log = new ScalarLog(folder["s.csv"], "a", default))
        {
            for (int step = 0; step < 3; step++) log.Add("a", new BatchPosition(0, step), "loss", step);
            log.Add("b", new BatchPosition(5, 0), "loss", 0.1);
        }
        new ScalarLog(folder["s.csv"], "a", new BatchPosition(0, 1)).Dispose();
        Assert.Equal(["phase,epoch,step,name,value", "a,0,0,loss,0", "b,5,0,loss,0.1"], File.ReadAllLines(folder["s.csv"]));
    }

    private static double[] Rates(PhaseLoop loop, params (int Epoch, int Step)[] at) => [.. at.Select(a => Math.Round(loop.LearningRate(new BatchPosition(a.Epoch, a.Step)), 12))];
}
