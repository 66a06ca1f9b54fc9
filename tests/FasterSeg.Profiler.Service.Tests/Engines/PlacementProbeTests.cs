using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using Google.Protobuf;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class PlacementProbeTests
{
    [Fact]
    public void Nodes_are_counted_once_for_their_provider()
    {
        Placement placement = PlacementProbe.Read(
            """
            [
            {"cat":"Session","name":"model_run","args":{}},
            {"cat":"Node","name":"conv_fence_before","args":{"op_name":"Conv"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"0"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"0"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"1"}},
            {"cat":"Node","name":"resize_kernel_time","args":{"provider":"CPUExecutionProvider","node_index":"2"}},
            ]
            """u8.ToArray()
        );
        Assert.Equal(new([new("CUDAExecutionProvider", 2), new("CPUExecutionProvider", 1)]), placement);
    }

    [Fact]
    public void Nodes_elsewhere_are_named()
    {
        PlacedNode[] nodes = [new("conv", "Conv", "CUDAExecutionProvider"), new("resize", "Resize", "CPUExecutionProvider")];
        string? fault = PlacementProbe.Elsewhere(nodes, "CUDAExecutionProvider");
        Assert.Contains(
            "1 of 2 nodes did not run on CUDAExecutionProvider: Resize 'resize' (CPUExecutionProvider)",
            fault,
            StringComparison.Ordinal
        );
        Assert.Null(PlacementProbe.Elsewhere([nodes[0]], "CUDAExecutionProvider"));
    }

    [Fact]
    public void Many_nodes_elsewhere_are_counted() =>
        Assert.Contains(
            "and 3 more",
            PlacementProbe.Elsewhere(
                [.. Enumerable.Range(0, 8).Select(i => new PlacedNode($"n{i}", "Relu", "CPUExecutionProvider"))],
                "CUDAExecutionProvider"
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_profile_without_nodes_proves_nothing() =>
        Assert.Contains("not proven", PlacementProbe.Elsewhere([], "CUDAExecutionProvider"), StringComparison.Ordinal);

    /// <summary>A real session and a real profile: on a CPU every node is on the wrong provider.</summary>
    [Fact]
    public void A_model_that_ran_elsewhere_is_refused_with_its_nodes()
    {
        byte[] onnx = OperatorModel.Build(new(OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteArray();
        using var options = new SessionOptions();
        var fault = Assert.Throws<UnusableModelException>(() =>
            PlacementProbe.Require(
                onnx,
                options,
                seed: 1,
                SessionBinding.Host,
                "CUDAExecutionProvider",
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("CPUExecutionProvider", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Conv", fault.Message, StringComparison.Ordinal);
    }
}
