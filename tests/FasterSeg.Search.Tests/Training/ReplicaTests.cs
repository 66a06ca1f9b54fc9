using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Several replicas of a network in one process, each with a slice of the batch.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class ReplicaTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2), InlineData(4)]
    public void Replicas_have_the_gradients_of_the_whole_batch_where_norms_stand_still(int replicas) =>
        ReplicaGradients.AssertAlike(ReplicaGradients.Here(1), ReplicaGradients.Here(replicas));

    /// <summary>Norms and hard pixels of a slice are those of a part: whoever wants what replicas give can have it on one device.</summary>
    [Theory]
    [InlineData(4, 2), InlineData(8, 4)]
    public void Replicas_train_the_weights_of_as_many_parts_one_after_the_other(int batch, int replicas)
    {
        FasterSegOptions options = Options(batch);
        RunFolder several = Train("several", options, replicas);
        options.Training.Accumulation = replicas;
        RunFolder one = Train("one", options, 1);
        Assert.Equal(File.ReadAllText(one.Scalars), File.ReadAllText(several.Scalars));
        using DerivedNetwork a = Load(one),
            b = Load(several);
        foreach (var (first, second) in a.named_parameters().Zip(b.named_parameters()))
            Assert.True(first.parameter.equal(second.parameter).all().item<bool>(), first.name);
        // The statistics of one are of its parts, one after the other.
        Assert.Contains(a.buffers().Zip(b.buffers()), pair => !pair.First.equal(pair.Second).all().item<bool>());
    }

    [Fact]
    public void Replicas_keep_the_mean_of_their_running_statistics()
    {
        FasterSegOptions options = MadeBatch.Options();
        Batch batch = MadeBatch.Of(options.Training, options.Space.Classes);
        using var scope = NewDisposeScope();
        Tensor[][] alone = [.. Enumerable.Range(0, 2).Select(part => Statistics([CPU], batch.Slice(part, 2)))],
            together = [Statistics([CPU, CPU], batch)];
        Assert.NotEmpty(together[0]);
        for (int i = 0; i < together[0].Length; i++)
        {
            Assert.False(alone[0][i].allclose(alone[1][i]));
            Assert.True(together[0][i].equal((alone[0][i] + alone[1][i]) / 2).all().item<bool>());
        }

        Tensor[] Statistics(Device[] devices, Batch seen)
        {
            using DerivedNetwork network = MadeBatch.Network(options, Role.Student);
            var first = new TrainingReplica(network, null, CPU, options.Training, devices.Length);
            using var replicas = new LocalReplicas(first, devices, options.Training);
            replicas.Backward(seen);
            return [.. network.buffers().Select(buffer => buffer.clone())];
        }
    }

    [Fact]
    public void An_interrupted_training_with_replicas_ends_like_one_that_was_not()
    {
        FasterSegOptions options = Options(4);
        options.Training.Validations = 2;
        RunFolder whole = Train("whole", options, 2);
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (_, done) =>
            {
                if (done == 2)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Train("halves", options, 2, stopping, cancel.Token));
        RunFolder halves = Train("halves", options, 2, resume: true);
        Assert.Equal(File.ReadAllText(whole.Scalars), File.ReadAllText(halves.Scalars));
        Assert.Equal(Checkpoint(whole), Checkpoint(halves));
    }

    [Fact]
    public void A_training_says_what_replicas_change_and_goes_on_with_as_many_only()
    {
        FasterSegOptions options = Options(4);
        var reporter = new ListeningReporter();
        Train("two", options, 2, reporter);
        Assert.Contains(
            "train_student: 2 replicas (cpu, cpu), each with 2 images of a batch's 4. Batch norms and hard pixels are those of a "
                + "replica's own images; of the norms' running statistics the mean is kept.",
            reporter.Lines
        );
        Train("one", options, 1);
        options.Training.Epochs = 3;
        byte[] kept = Checkpoint(RunFolder.Open(folder["two"]));
        Assert.Contains(
            "began with 2 replicas, and this command has 1, which would see other parts of each batch: name 2 devices with --device (or "
                + "start 2 processes with mpirun), or move the checkpoint away to train anew.",
            Assert.Throws<UsageException>(() => Train("two", options, 1, resume: true)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "began with 1 replica, and this command has 2, which would see other parts of each batch: name 1 device with --device, or",
            Assert.Throws<UsageException>(() => Train("one", options, 2, resume: true)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(kept, Checkpoint(RunFolder.Open(folder["two"])));
        // Whoever only wants the network needs no replicas.
        using DerivedNetwork network = Load(RunFolder.Open(folder["two"]));
        Assert.Equal(2, new TrainingCheckpoint(RunFolder.Open(folder["two"]).TrainingCheckpoint(Role.Student)).Epochs());
    }

    [Theory]
    [InlineData(6, 1, 4, "training:batch is 6, which does not divide over 4 replicas: set training:batch to a multiple of 4, or")]
    [InlineData(6, 3, 4, "does not divide over 4 replicas with training:accumulation=3: set training:batch to a multiple of 12, or")]
    [InlineData(4, 1, 4, "each of 4 replicas would normalize over one image with a crop of 32x64, which is too little")]
    public void A_batch_that_does_not_divide_over_the_replicas_is_refused(int batch, int parts, int replicas, string why)
    {
        FasterSegOptions options = Options(batch);
        options.Training.Accumulation = parts;
        Assert.Contains(why, Assert.Throws<UsageException>(() => Train("refused", options, replicas)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replica_that_fails_fails_the_step_and_nothing_else()
    {
        FasterSegOptions options = MadeBatch.Options();
        Batch batch = MadeBatch.Of(options.Training, options.Space.Classes),
            broken = batch with { Labels = [.. batch.Labels.SkipLast(1), 200] };
        using var scope = NewDisposeScope();
        using DerivedNetwork network = MadeBatch.Network(options, Role.Student);
        using var replicas = new LocalReplicas(new TrainingReplica(network, null, CPU, options.Training, 2), [CPU, CPU], options.Training);
        Assert.ThrowsAny<System.Runtime.InteropServices.ExternalException>(() => replicas.Backward(broken));
        Assert.True(replicas.Backward(batch).Loss > 0);
    }

    private static FasterSegOptions Options(int batch)
    {
        FasterSegOptions options = TinySearch.Options();
        (options.Training.Batch, options.Training.StepsPerEpoch, options.Training.Validations) = (batch, 2, 0);
        return options;
    }

    private static byte[] Checkpoint(RunFolder run) => File.ReadAllBytes(run.TrainingCheckpoint(Role.Student).Path);

    private static DerivedNetwork Load(RunFolder run) =>
        new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).LoadNetwork(CPU, out _);

    private RunFolder Train(
        string name,
        FasterSegOptions options,
        int replicas,
        ListeningReporter? reporter = null,
        CancellationToken? cancel = null,
        bool resume = false
    )
    {
        string path = folder[name];
        if (!RunFolder.Exists(path))
            ConfigurationLoader.Save(options, RunFolder.Create(path).Configuration);
        RunFolder run = RunFolder.Open(path);
        using var training = new NetworkTraining(
            options,
            TinySearch.Data(options),
            RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1),
            null,
            run,
            new ReplicaPlaces([.. Enumerable.Repeat(CPU, replicas)]),
            reporter ?? new ListeningReporter(),
            resume
        );
        training.Run(cancel ?? TestContext.Current.CancellationToken);
        return run;
    }
}
