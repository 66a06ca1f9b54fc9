using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class PlacementProbeTests
{
    [Fact]
    public void NodesAreCountedOnceForTheirProvider()
    {
        IReadOnlyDictionary<string, int> placement = PlacementProbe.Read("""
            [
            {"cat":"Session","name":"model_run","args":{}},
            {"cat":"Node","name":"conv_fence_before","args":{"op_name":"Conv"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"0"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"0"}},
            {"cat":"Node","name":"conv_kernel_time","args":{"provider":"CUDAExecutionProvider","node_index":"1"}},
            {"cat":"Node","name":"resize_kernel_time","args":{"provider":"CPUExecutionProvider","node_index":"2"}},
            ]
            """u8.ToArray());
        Assert.Equal(new Dictionary<string, int> { ["CUDAExecutionProvider"] = 2, ["CPUExecutionProvider"] = 1 }, placement);
    }
}
