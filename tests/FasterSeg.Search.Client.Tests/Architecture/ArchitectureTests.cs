using ArchUnitNET.Loader;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Networks;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Architecture;

/// <summary>What may not import what.</summary>
public class ArchitectureTests
{
    /// <summary>Still knotted, from before there were libraries. A line may only be taken away here.</summary>
    private static readonly string[] Knots =
    [
        "FasterSeg.Profiler.Service.Configuration, FasterSeg.Profiler.Service.Hosting, FasterSeg.Profiler.Service.Isolation",
        "FasterSeg.Profiler.Service.Grpc, FasterSeg.Profiler.Service.Jobs, FasterSeg.Profiler.Service.Store",
    ];

    private static readonly IReadOnlyList<Walls.Use> Uses = Walls.Of(
        new ArchLoader()
            .LoadAssemblies(
                typeof(LatencyTable).Assembly,
                typeof(OnnxGraphBuilder).Assembly,
                typeof(ProfilerConnection).Assembly,
                typeof(ProfilerHost).Assembly,
                typeof(Supernet).Assembly,
                typeof(CommandLine).Assembly
            )
            .Build()
    );

    [Fact]
    public void ALibraryUsesOnlyThoseBelowIt() => Assert.Empty(Walls.Violations(Uses));

    [Fact]
    public void PartsOfALibraryUseEachOtherInOneDirection() => Assert.Equal(Knots, Walls.Cycles(Uses));

    [Fact]
    public void TheClientHostsTheServiceAndUsesNothingElseOfIt() =>
        Assert.Equal(
            ["FasterSeg.Search.Client.Hosting"],
            Uses.Where(use =>
                    use.FromSpace.StartsWith("FasterSeg.Search", StringComparison.Ordinal)
                    && use.ToSpace.StartsWith("FasterSeg.Profiler.Service", StringComparison.Ordinal)
                )
                .Select(use => use.FromSpace)
                .Distinct()
        );

    /// <summary>Violations that somebody might write.</summary>
    [Fact]
    public void AMadeUpViolationIsFound()
    {
        Walls.Use upwards = new("FasterSeg.Latency.Tables.X", "FasterSeg.Latency.Tables", "FasterSeg.Search.Y", "FasterSeg.Search");
        Assert.Equal(["FasterSeg.Latency.Tables.X uses FasterSeg.Search.Y"], Walls.Violations([upwards]));

        Walls.Use there = new("FasterSeg.Search.Data.A", "FasterSeg.Search.Data", "FasterSeg.Search.Runs.B", "FasterSeg.Search.Runs");
        Walls.Use back = new(
            "FasterSeg.Search.Runs.TensorBoard.C",
            "FasterSeg.Search.Runs.TensorBoard",
            "FasterSeg.Search.Data.D",
            "FasterSeg.Search.Data"
        );
        Assert.Empty(Walls.Cycles([there]));
        Assert.Equal(["FasterSeg.Search.Data, FasterSeg.Search.Runs"], Walls.Cycles([there, back]));
    }

    [Fact]
    public void EveryLibraryIsLookedAt() =>
        Assert.All(Walls.Libraries.Keys.Where(library => library != "FasterSeg.Protos"), library =>
            Assert.Contains(Uses, use => use.FromSpace.StartsWith(library, StringComparison.Ordinal))
        );
}
