using System.Reflection;
using ArchUnitNET.Loader;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Networks;
using Xunit;

namespace FasterSeg.Architecture.Tests;

/// <summary>What may not import what.</summary>
public class ArchitectureTests
{
    private static readonly ArchUnitNET.Domain.Architecture Built = new ArchLoader()
        .LoadAssemblies(
            typeof(LatencyTable).Assembly,
            typeof(OnnxGraphBuilder).Assembly,
            typeof(ProfilerConnection).Assembly,
            typeof(ProfilerHost).Assembly,
            // All that it has is its own.
            Assembly.Load("fasterseg-fleet"),
            typeof(Supernet).Assembly,
            typeof(CommandLine).Assembly
        )
        .Build();

    private static readonly IReadOnlyList<Walls.Use> Uses = Walls.Of(Built);

    [Fact]
    public void A_library_uses_only_those_below_it() => Assert.Empty(Walls.Violations(Uses));

    [Fact]
    public void Parts_of_a_library_use_each_other_in_one_direction() => Assert.Empty(Walls.Cycles(Uses));

    /// <summary>A refusal is a status on the wire only: whoever measures knows nothing of it.</summary>
    [Fact]
    public void In_the_service_only_the_contracts_parts_know_the_exceptions_of_the_wire()
    {
        IReadOnlyList<Walls.Use> uses = Walls.OfType(Built, Walls.WireException);
        Assert.All(Walls.WireParts, part => Assert.Contains(uses, use => use.FromSpace == part));
        Assert.Empty(Walls.WireViolations(uses));
    }

    [Fact]
    public void The_client_hosts_the_service_and_uses_nothing_else_of_it() =>
        Assert.Equal(
            ["FasterSeg.Search.Client.Hosting"],
            Uses.Where(use =>
                    use.FromSpace.StartsWith("FasterSeg.Search", StringComparison.Ordinal)
                    && use.ToSpace.StartsWith("FasterSeg.Profiler.Service", StringComparison.Ordinal)
                )
                .Select(use => use.FromSpace)
                .Distinct()
        );

    /// <summary>Beside it only the worker's messages, which hold one of them, and what registers the services.</summary>
    [Fact]
    public void In_the_service_only_the_contracts_parts_know_their_messages() =>
        Assert.Equal(
            ["FasterSeg.Profiler.Service.Hosting.ProfilerServices", "FasterSeg.Profiler.Service.Isolation.WorkerMessages"],
            Uses.Where(use =>
                    Walls.Messages.Contains(use.ToSpace)
                    && !Walls.WireParts.Contains(use.FromSpace)
                    && use.FromSpace.StartsWith("FasterSeg.Profiler.Service", StringComparison.Ordinal)
                )
                .Select(use => use.From.Split('/', '+')[0])
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    /// <summary>What is kept and who gets work next is decided without a thought of how it is told.</summary>
    [Fact]
    public void In_the_fleet_store_membership_merging_and_scheduling_know_no_messages()
    {
        string[] parts = ["Store", "Membership", "Merging", "Scheduling"];
        Assert.All(parts, part => Assert.Contains(Uses, use => use.FromSpace == $"FasterSeg.Fleet.Service.{part}"));
        Assert.Empty(
            Uses.Where(use => Walls.Messages.Contains(use.ToSpace) && parts.Any(part => use.FromSpace == $"FasterSeg.Fleet.Service.{part}"))
                .Select(use => $"{use.From} uses {use.To}")
                .Distinct()
        );
    }

    /// <summary>The client asks a fleet through the same library as a profiler, and needs nothing of the fleet's own program.</summary>
    [Fact]
    public void Only_the_clients_library_calls_a_fleet()
    {
        Walls.Use[] calls =
        [
            .. Uses.Where(use =>
                use.To.Split('/', '+') is ["FasterSeg.Protos.Fleet.V1.FleetService", ..] && !use.FromSpace.Contains("Protos")
            ),
        ];
        Assert.Contains(calls, use => use.FromSpace == "FasterSeg.Profiler.Client");
        Assert.All(calls, use => Assert.Contains(use.FromSpace, (string[])["FasterSeg.Profiler.Client", "FasterSeg.Fleet.Service.Grpc"]));
    }

    /// <summary>Violations that somebody might write.</summary>
    [Fact]
    public void A_made_up_violation_is_found()
    {
        Walls.Use upwards = new("FasterSeg.Latency.Tables.X", "FasterSeg.Latency.Tables", "FasterSeg.Search.Y", "FasterSeg.Search");
        Assert.Equal(["FasterSeg.Latency.Tables.X uses FasterSeg.Search.Y"], Walls.Violations([upwards]));
        Assert.Single(Walls.Violations([upwards with { ToSpace = "FasterSeg.Fleet.Service.Store" }]));

        Walls.Use there = new("FasterSeg.Search.Data.A", "FasterSeg.Search.Data", "FasterSeg.Search.Runs.B", "FasterSeg.Search.Runs");
        Walls.Use back = new(
            "FasterSeg.Search.Runs.TensorBoard.C",
            "FasterSeg.Search.Runs.TensorBoard",
            "FasterSeg.Search.Data.D",
            "FasterSeg.Search.Data"
        );
        Assert.Empty(Walls.Cycles([there]));
        Walls.Use wire = new("FasterSeg.Profiler.Service.Jobs.E", "FasterSeg.Profiler.Service.Jobs", Walls.WireException, "Grpc.Core");
        Assert.Equal(["FasterSeg.Profiler.Service.Jobs.E uses Grpc.Core.RpcException"], Walls.WireViolations([wire]));
        Assert.Single(Walls.WireViolations([wire with { FromSpace = "FasterSeg.Fleet.Service.Devices" }]));
        Assert.All(Walls.WireParts, part => Assert.Empty(Walls.WireViolations([wire with { FromSpace = part }])));
        Assert.Equal(
            [
                "FasterSeg.Search.Data, FasterSeg.Search.Runs (FasterSeg.Search.Data.A uses FasterSeg.Search.Runs.B; "
                    + "FasterSeg.Search.Runs.TensorBoard.C uses FasterSeg.Search.Data.D)",
            ],
            Walls.Cycles([there, back])
        );
    }

    [Fact]
    public void Every_library_is_looked_at() =>
        Assert.All(Walls.Libraries.Keys.Where(library => library != "FasterSeg.Protos"), library =>
            Assert.Contains(Uses, use => use.FromSpace.StartsWith(library, StringComparison.Ordinal))
        );
}
