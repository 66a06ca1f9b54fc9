using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>The loop of every phase, and the log of its scalars.</summary>
public sealed class PhaseLoopTests
{
    [Fact]
    public void The_learning_rate_decays_by_epochs_or_as_a_power_of_what_is_left()
    {
        var decay = new PhaseLoop(
            "p",
            new PhaseOptions
            {
                Epochs = 4,
                LearningRate = 0.1,
                LearningRateDecay = 0.5,
            },
            stepsPerEpoch: 10
        );
        Assert.Equal([0.1, 0.1, 0.05, 0.0125], Rates(decay, (0, 0), (0, 9), (1, 0), (3, 5)));
        var power = new PhaseLoop(
            "p",
            new PhaseOptions
            {
                Epochs = 4,
                LearningRate = 0.1,
                PolyPower = 0.9,
            },
            stepsPerEpoch: 10
        );
        Assert.Equal(
            [0.1, Math.Round(0.1 * Math.Pow(0.75, 0.9), 12), Math.Round(0.1 * Math.Pow(1 / 40.0, 0.9), 12)],
            Rates(power, (0, 0), (1, 0), (3, 9))
        );
    }

    [Fact]
    public void Checkpoints_come_every_few_steps_and_at_each_epochs_end_after_its_log()
    {
        using var folder = new TemporaryFolder();
        using var log = new ScalarLog(folder["s.csv"], "p", default);
        var saved = new List<(BatchPosition At, int Rows)>();
        var after = new List<(int Epoch, int Saved)>();
        new PhaseLoop("p", new PhaseOptions { Epochs = 2, CheckpointSteps = 2 }, stepsPerEpoch: 3).Run(
            default,
            (_, _) => new([("loss", 1)], []),
            new(new CheckpointFile(folder["c"], "p"), at => saved.Add((at, File.ReadAllLines(folder["s.csv"]).Length - 1))),
            log,
            new ListeningReporter(),
            CancellationToken.None,
            afterEpoch: epoch => after.Add((epoch, saved.Count))
        );
        Assert.Equal([(new(0, 2), 2), (new(1, 0), 3), (new(1, 1), 4), (new(2, 0), 6)], saved);
        Assert.Equal([(0, 2), (1, 4)], after);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_phase_with_step_images_and_the_last_good_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var checkpoint = new CheckpointFile(folder["c"], "p");
        Assert.EndsWith(
            "There is no checkpoint from before it: start anew with a lower learning rate.",
            Fail(failing: 1),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "The loss became NaN in epoch 2, step 2 of p, on a.png, b.png. This machine's libtorch: "
                + $"{TorchLoader.Kernels}. The last good checkpoint is {checkpoint.Path}, before epoch 2, "
                + "step 1: go on from it with --resume and a lower learning rate.",
            Fail(failing: 5)
        );

        string Fail(int failing)
        {
            using var log = new ScalarLog(folder["s.csv"], "p", default);
            int done = 0;
            return Assert
                .Throws<UserErrorException>(() =>
                    new PhaseLoop("p", new PhaseOptions { Epochs = 2, CheckpointSteps = 3 }, stepsPerEpoch: 3).Run(
                        default,
                        (_, _) => new([("loss", ++done == failing ? double.NaN : 1)], ["a.png", "b.png"]),
                        new(checkpoint, _ => checkpoint.Write(_ => { })),
                        log,
                        new ListeningReporter(),
                        CancellationToken.None
                    )
                )
                .Message;
        }
    }

    [Fact]
    public void A_full_disk_pauses_the_phase_until_there_is_room()
    {
        using var folder = new TemporaryFolder();
        using var log = new ScalarLog(folder["s.csv"], "p", default);
        var reporter = new ListeningReporter();
        int attempts = 0;
        Loop()
            .Run(default, (_, _) => new([("loss", 1)], []), new(new CheckpointFile(folder["c"], "p"), _ =>
                {
                    if (++attempts < 3)
                        throw FullDisk();
                }), log, reporter, CancellationToken.None);
        Assert.Equal(3, attempts);
        Assert.Collection(
            reporter.Lines,
            line =>
            {
                Assert.StartsWith("p is paused: run/c cannot be written: No space left on device", line, StringComparison.Ordinal);
                Assert.EndsWith(
                    "Ctrl-C ends it; there is no checkpoint yet, so what was done so far would be lost.",
                    line,
                    StringComparison.Ordinal
                );
            },
            line => Assert.Equal("p goes on.", line)
        );

        // A second epoch's, where the first one's is there.
        var later = new ListeningReporter();
        int writes = 0;
        new PhaseLoop("p", new PhaseOptions { Epochs = 2 }, stepsPerEpoch: 1, pause: TimeSpan.FromMilliseconds(1)).Run(
            default,
            (_, _) => new([], []),
            new(new CheckpointFile(folder["d"], "p"), _ =>
            {
                if (++writes == 2)
                    throw FullDisk();
            }),
            log,
            later,
            CancellationToken.None
        );
        Assert.EndsWith("Ctrl-C ends it; the last checkpoint is kept.", later.Lines[0], StringComparison.Ordinal);
        Assert.Equal(["phase,epoch,step,name,value", "p,0,0,loss,1"], File.ReadAllLines(folder["s.csv"]));

        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Loop()
                .Run(default, (_, _) => new([], []), new(new CheckpointFile(folder["c"], "p"), _ =>
                    {
                        cancel.Cancel();
                        throw FullDisk();
                    }), log, reporter, cancel.Token)
        );
        Assert.Throws<UserErrorException>(() =>
            Loop()
                .Run(
                    default,
                    (_, _) => new([], []),
                    new(new CheckpointFile(folder["c"], "p"), _ => throw new UserErrorException("no")),
                    log,
                    reporter,
                    CancellationToken.None
                )
        );

        static PhaseLoop Loop() => new("p", new PhaseOptions { Epochs = 1 }, stepsPerEpoch: 1, pause: TimeSpan.FromMilliseconds(1));

        static UserErrorException FullDisk() =>
            new(
                "run/c cannot be written: No space left on device.",
                new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28)
            );
    }

    [Fact]
    public void A_log_that_goes_on_drops_later_rows_of_its_phase_only()
    {
        using var folder = new TemporaryFolder();
        using (var log = new ScalarLog(folder["s.csv"], "a", default))
        {
            for (int step = 0; step < 3; step++)
                log.Add("a", new BatchPosition(0, step), "loss", step);
            log.Add("b", new BatchPosition(5, 0), "loss", 0.1);
        }
        new ScalarLog(folder["s.csv"], "a", new BatchPosition(0, 1)).Dispose();
        Assert.Equal(["phase,epoch,step,name,value", "a,0,0,loss,0", "b,5,0,loss,0.1"], File.ReadAllLines(folder["s.csv"]));
    }

    private static double[] Rates(PhaseLoop loop, params (int Epoch, int Step)[] at) =>
        [.. at.Select(a => Math.Round(loop.LearningRate(new BatchPosition(a.Epoch, a.Step)), 12))];
}
