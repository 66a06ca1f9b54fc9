using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Training of a derived network: to the end, interrupted, with and without a teacher.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class TrainingResumeTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    [Theory]
    [InlineData(Role.Teacher, 2), InlineData(Role.Student, 3), InlineData(Role.Student, 5)]
    public void An_interrupted_training_ends_like_one_that_was_not(Role role, int step)
    {
        using var folder = new TemporaryFolder();
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Train(whole, role, new ListeningReporter());

        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (_, done) =>
            {
                if (done == step)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Train(halves, role, stopping, cancel: cancel));
        Train(halves, role, new ListeningReporter(), resume: true);

        Assert.Equal(File.ReadAllText(whole.Scalars), File.ReadAllText(halves.Scalars));
        Assert.Equal(Events(whole), Events(halves));
        // Resumed once more, at its end.
        Train(halves, role, new ListeningReporter(), resume: true);
        Assert.Equal(Events(whole), Events(halves));
        using DerivedNetwork a = Load(whole, role),
            b = Load(halves, role);
        foreach (var (first, second) in a.named_parameters().Zip(b.named_parameters()))
            Assert.True(first.parameter.equal(second.parameter).all().item<bool>(), first.name);
    }

    /// <summary>One that is gone on with at its end changes nothing that an evaluation was of.</summary>
    [Fact]
    public void A_training_is_done_where_its_checkpoint_is_of_the_last_epoch()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        FasterSegOptions options = TinySearch.Options();
        Train(run, Role.Teacher, new ListeningReporter(), options);
        Assert.True(IsDone());
        options.Training.Epochs++;
        Assert.False(IsDone());

        bool IsDone()
        {
            using var training = new NetworkTraining(
                options,
                TinySearch.Data(options),
                Architecture(Role.Teacher, seed: 1),
                null,
                run,
                CPU,
                new ListeningReporter(),
                resume: true
            );
            return training.IsDone;
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_with_a_sentence_and_leaves_the_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        FasterSegOptions options = TinySearch.Options();
        (options.Training.LearningRate, options.Training.GradientClip, options.Training.Epochs) = (1e18, 0, 9);
        string message = Assert.Throws<UserErrorException>(() => Train(run, Role.Teacher, new ListeningReporter(), options)).Message;
        Assert.Matches(
            "^The loss became NaN in epoch [0-9]+, step [0-9]+ of train_teacher, on [^.]+, [^.]+. This machine's libtorch: "
                + ".*known answers right to .* (The last good checkpoint is |There is no checkpoint)",
            message
        );
    }

    [Fact]
    public void A_student_with_a_teacher_logs_how_far_it_is_from_it_and_comes_nearer()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        FasterSegOptions options = TinySearch.Options();
        (options.Training.Epochs, options.Training.DistillationWeight) = (8, 50);
        using var teacher = new DerivedNetwork(Architecture(Role.Teacher));
        Train(run, Role.Student, new ListeningReporter(), options, teacher: teacher);
        double[] divergence =
        [
            .. File.ReadAllLines(run.Scalars)
                .Where(row => row.Contains(",distillation,", StringComparison.Ordinal))
                .Select(row => double.Parse(row.Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(24, divergence.Length);
        Assert.All(divergence, value => Assert.True(value >= 0));
        Assert.True(divergence[^6..].Average() < divergence[..6].Average());
        Assert.All(teacher.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        Train(run, Role.Student, new ListeningReporter());
        string message = Assert
            .Throws<UserErrorException>(() => Train(run, Role.Student, new ListeningReporter(), resume: true, seed: 2))
            .Message;
        Assert.Contains("belongs to another network", message, StringComparison.Ordinal);
    }

    private static List<(long Step, string Tag)> Events(RunFolder run)
    {
        string phase = Assert.Single(Directory.GetDirectories(run.In("tensorboard")));
        List<(long Step, string Tag)> events =
        [
            .. EventFileReader.ReadFolder(phase).Where(e => e.Tag is not null).Select(e => (e.Step, e.Tag!)),
        ];
        // A quarter of six scenes validates: one, after each of two epochs and at the end.
        Assert.Equal(
            [(2, "examples/0"), (5, "examples/0"), (6, "examples/0")],
            events.Where(e => e.Tag.StartsWith("examples/", StringComparison.Ordinal))
        );
        Assert.Equal([0, 1, 2, 3, 4, 5], events.Where(e => e.Tag == "loss").Select(e => e.Step));
        return events;
    }

    private static DerivedArchitecture Architecture(Role role, int seed = 1) => RandomArchitectures.Draw(Space, role, seed);

    private static DerivedNetwork Load(RunFolder run, Role role) =>
        new TrainingCheckpoint(run.TrainingCheckpoint(role)).LoadNetwork(CPU, out _);

    private static void Train(
        RunFolder run,
        Role role,
        ListeningReporter reporter,
        FasterSegOptions? options = null,
        DerivedNetwork? teacher = null,
        bool resume = false,
        int seed = 1,
        CancellationTokenSource? cancel = null
    )
    {
        options ??= TinySearch.Options();
        using var training = new NetworkTraining(
            options,
            TinySearch.Data(options),
            Architecture(role, seed),
            teacher,
            run,
            CPU,
            reporter,
            resume
        );
        training.Run(cancel?.Token ?? TestContext.Current.CancellationToken);
    }
}
