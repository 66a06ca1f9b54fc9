using System.Runtime.InteropServices;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Collectives;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Gradients of several processes over Open MPI.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class MpiGradientTests
{
    // Where the first rank leaves the gradients.
    private const string Variable = "FASTERSEG_TEST_GRADIENTS";

    [Theory]
    [InlineData(1), InlineData(2), InlineData(4)]
    public async Task Ranks_have_the_gradients_of_the_whole_batch_where_norms_stand_still(int ranks)
    {
        await Mpirun.RequireAsync();
        using var folder = new TemporaryFolder();
        string[] rank =
        [
            .. DotNetHost.Command(typeof(MpiGradientTests).Assembly.Location),
            "-method",
            $"{typeof(MpiGradientTests).FullName}.{nameof(A_rank_computes_its_slice)}",
        ];
        await OutsideProgram.RunAsync(
            Mpirun.Program,
            Mpirun.Arguments(ranks, rank),
            folder.Path,
            new Dictionary<string, string> { [Variable] = folder["gradients"], ["TMPDIR"] = folder.Path }
        );
        float[] gradients = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder["gradients"])).ToArray();
        ReplicaGradients.AssertAlike(ReplicaGradients.Here(1), gradients);
        // Sums have the order of ranks, and so the bits of as many replicas in one process.
        Assert.Equal(ReplicaGradients.Here(ranks), gradients);
    }

    /// <summary>One of the processes that the test above starts; by itself, the only one.</summary>
    [Fact]
    public void A_rank_computes_its_slice()
    {
        string? file = Environment.GetEnvironmentVariable(Variable);
        MpiCollective? ranks = RankPlace.Of(Environment.GetEnvironmentVariable) is null ? null : MpiCollective.Join();
        (int rank, int size) = (ranks?.Rank ?? 0, ranks?.Size ?? 1);
        var options = MadeBatch.Options();
        using var scope = NewDisposeScope();
        using DerivedNetwork network = MadeBatch.Network(options, Role.Student),
            teacher = MadeBatch.Network(options, Role.Teacher);
        network.eval();
        teacher.eval();
        var replica = new TrainingReplica(network, teacher, CPU, options.Training, size);
        var vector = new ReplicaVector(network);
        var (images, labels) = MadeBatch.Of(options.Training, options.Space.Classes).Slice(rank, size).ToTensors(CPU);
        if (ranks is null)
            replica.Backward(images, labels);
        else
            vector.TakeStep(RankStep.Run(ranks, vector, () => replica.Backward(images, labels), interrupted: false).Sums, size);
        if (file is null)
            Assert.Equal(ReplicaGradients.Here(1), ReplicaGradients.Of(network));
        else if (rank == 0)
            File.WriteAllBytes(file, MemoryMarshal.AsBytes<float>(ReplicaGradients.Of(network)).ToArray());
        ranks?.Leave();
    }
}
