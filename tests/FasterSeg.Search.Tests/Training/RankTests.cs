using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Collectives;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>What the first rank and the others say to each other, with threads for processes.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class RankTests : IDisposable
{
    private const string Synthetic = "synthetic";

    private readonly TemporaryFolder folder = new();
    private readonly FasterSegOptions options = TinySearch.Options();

    public RankTests() => (options.Training.Batch, options.Training.StepsPerEpoch) = (4, 2);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Ranks_train_the_bytes_of_as_many_replicas_in_a_process()
    {
        RunFolder local = Run("local"),
            ranks = Run("ranks");
        Train(local, new ReplicaPlaces([CPU, CPU]));
        using var threads = new ThreadRanks(2);
        Task helper = Help(threads.Each[1], Synthetic);
        Lead(ranks, threads.Each[0]);
        await helper;
        Assert.Equal(File.ReadAllText(local.Scalars), File.ReadAllText(ranks.Scalars));
        Assert.Equal(
            File.ReadAllBytes(local.TrainingCheckpoint(Role.Student).Path),
            File.ReadAllBytes(ranks.TrainingCheckpoint(Role.Student).Path)
        );
    }

    [Fact]
    public async Task A_rank_without_the_images_ends_all_before_anything_is_written()
    {
        RunFolder run = Run("run");
        using var threads = new ThreadRanks(3);
        Task lost = Help(threads.Each[1], "folder:" + folder["nowhere"]),
            other = Help(threads.Each[2], Synthetic);
        var failed = Assert.Throws<RankFailedException>(() => Lead(run, threads.Each[0]));
        Assert.Equal("Rank 1 of 3 (0 to 2) cannot go on and says why in a line of its own; all end.", failed.Message);
        Assert.Contains("nowhere", (await Assert.ThrowsAsync<UsageException>(() => lost)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RankFailedException>(() => other);
        Assert.False(run.TrainingCheckpoint(Role.Student).Exists);
        Assert.False(File.Exists(run.Scalars));
    }

    [Fact]
    public async Task A_rank_with_other_images_says_what_they_are()
    {
        using var threads = new ThreadRanks(2);
        using var lead = new RankLead(threads.Each[0], () => { });
        Task helper = Help(threads.Each[1], Synthetic);
        FasterSegOptions other = TinySearch.Options();
        other.Data.SyntheticImages = 8;
        Assert.Throws<RankFailedException>(() =>
            lead.Begin(options, TinySearch.Data(other), RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1), null)
        );
        Assert.Contains(
            "synthetic is synthetic street scenes (6 training images, 1 validation image, 10 classes) here and synthetic street scenes (8 "
                + "training images, 2 validation images, 10 classes) where the first rank runs",
            (await Assert.ThrowsAsync<UsageException>(() => helper)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_rank_that_fails_in_a_step_ends_all_and_the_last_checkpoint_stays()
    {
        RunFolder run = Run("run");
        options.Training.CheckpointSteps = 1;
        using var threads = new ThreadRanks(2);
        // It takes part once, and then has no images any more.
        Task helper = Help(new BreakingRank(threads.Each[1], afterSteps: 1), Synthetic);
        Assert.Throws<RankFailedException>(() => Lead(run, threads.Each[0]));
        await Assert.ThrowsAsync<RankFailedException>(() => helper);
        Assert.True(run.TrainingCheckpoint(Role.Student).Exists);
        using DerivedNetwork network = new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).LoadNetwork(CPU, out int epochs);
        Assert.Equal(0, epochs);
    }

    [Fact]
    public async Task An_interruption_of_any_rank_is_the_first_ones_and_the_training_goes_on_to_the_same_bytes()
    {
        RunFolder whole = Run("whole"),
            halves = Run("halves");
        foreach (RunFolder run in new[] { whole, halves })
        {
            bool interrupts = run == halves;
            using var threads = new ThreadRanks(2);
            using CancellationTokenSource other = new(),
                first = new();
            Task helper = Help(threads.Each[1], Synthetic, other.Token);
            if (interrupts)
            {
                other.Cancel();
                Assert.ThrowsAny<OperationCanceledException>(() => Lead(run, threads.Each[0], first));
                Assert.True(run.TrainingCheckpoint(Role.Student).Exists);
            }
            else
            {
                Lead(run, threads.Each[0], first);
            }
            await helper;
        }
        using (var threads = new ThreadRanks(2))
        {
            Task helper = Help(threads.Each[1], Synthetic);
            Lead(halves, threads.Each[0], resume: true);
            await helper;
        }
        Assert.Equal(File.ReadAllText(whole.Scalars), File.ReadAllText(halves.Scalars));
        Assert.Equal(
            File.ReadAllBytes(whole.TrainingCheckpoint(Role.Student).Path),
            File.ReadAllBytes(halves.TrainingCheckpoint(Role.Student).Path)
        );
    }

    [Fact]
    public void A_place_among_ranks_is_read_from_what_open_mpi_sets()
    {
        Dictionary<string, string> set = new() { ["OMPI_COMM_WORLD_SIZE"] = "4", ["OMPI_COMM_WORLD_RANK"] = "3" };
        (set["OMPI_COMM_WORLD_LOCAL_RANK"], set["OMPI_COMM_WORLD_LOCAL_SIZE"]) = ("1", "2");
        RankPlace place = RankPlace.Of(set.GetValueOrDefault)!;
        Assert.Equal(new RankPlace(3, 4, 1, 2), place);
        Assert.Equal("cpu", place.Device("cpu"));
        Assert.Equal("cuda:1", place.Device("cuda"));
        Assert.Equal("cuda:0", place.Device("cuda:0"));
        Assert.Equal("cuda:7", place.Device("cuda:5, cuda:7"));
        Assert.Contains(
            "names 3 devices, and mpirun has started 2 processes on this machine",
            Assert.Throws<UsageException>(() => place.Device("cpu,cpu,cpu")).Message,
            StringComparison.Ordinal
        );
        Assert.Null(RankPlace.OfOther(set.GetValueOrDefault));
        set["OMPI_COMM_WORLD_SIZE"] = "1";
        Assert.Null(RankPlace.Of(set.GetValueOrDefault));
        Dictionary<string, string> other = new() { ["PMI_SIZE"] = "2", ["PMI_RANK"] = "1" };
        Assert.Null(RankPlace.Of(other.GetValueOrDefault));
        Assert.Equal(new RankPlace(1, 2, 0, 1), RankPlace.OfOther(other.GetValueOrDefault));
    }

    private RunFolder Run(string name)
    {
        RunFolder run = RunFolder.Create(folder[name]);
        ConfigurationLoader.Save(options, run.Configuration);
        return run;
    }

    private static Task Help(ICollective rank, string location, CancellationToken? interrupted = null) =>
        Task.Run(
            () => RankHelper.Run(rank, location, () => "cpu", interrupted ?? TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );

    private void Lead(RunFolder run, ICollective rank, CancellationTokenSource? stop = null, bool resume = false)
    {
        using var lead = new RankLead(rank, () => stop!.Cancel());
        using DerivedNetwork teacher = MadeBatch.Network(options, Role.Teacher);
        DerivedArchitecture network = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1);
        lead.Begin(options, TinySearch.Data(options), network, teacher.Architecture);
        Train(run, new ReplicaPlaces([CPU], lead), teacher, stop?.Token, resume);
    }

    private void Train(
        RunFolder run,
        ReplicaPlaces places,
        DerivedNetwork? teacher = null,
        CancellationToken? cancel = null,
        bool resume = false
    )
    {
        using DerivedNetwork? made = teacher is null ? MadeBatch.Network(options, Role.Teacher) : null;
        using var training = new NetworkTraining(
            options,
            TinySearch.Data(options),
            RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1),
            teacher ?? made,
            run,
            places,
            new ListeningReporter(),
            resume
        );
        training.Run(cancel ?? TestContext.Current.CancellationToken);
    }

    /// <summary>A rank that says of itself that it has failed, once it has taken part in some steps.</summary>
    private sealed class BreakingRank(ICollective rank, int afterSteps) : ICollective
    {
        // Loss, distillation, interrupted, failed.
        private const int OfAStep = 4;

        private int steps;

        public int Rank => rank.Rank;

        public int Size => rank.Size;

        public void Sum(Span<float> values) => rank.Sum(values);

        public double[][] Gather(ReadOnlySpan<double> values)
        {
            double[] mine = values.ToArray();
            if (mine.Length == OfAStep && steps++ >= afterSteps)
                mine[^1] = 1;
            return rank.Gather(mine);
        }

        public void Broadcast(Span<byte> bytes) => rank.Broadcast(bytes);
    }
}
