using System.Globalization;
using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>Variables of a worker process.</summary>
public static class WorkerEnvironment
{
    /// <summary>The variables, by name.</summary>
    /// <param name="choice">What the worker measures with.</param>
    public static IReadOnlyDictionary<string, string> Of(EngineChoice choice)
    {
        // Collections would disturb a measurement; the worker has little to collect.
        var variables = new Dictionary<string, string> { ["DOTNET_gcServer"] = "0", ["DOTNET_gcConcurrent"] = "0" };
        if (!choice.IsGpu) return variables;
        // CUDA counts the fastest device first, unless it is told to count as nvidia-smi does. With one device visible, it is number 0.
        variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
        variables["CUDA_VISIBLE_DEVICES"] = choice.Device.ToString(CultureInfo.InvariantCulture);
        // fp32 means fp32: neither cuDNN nor TensorRT may round to TF32.
        variables["NVIDIA_TF32_OVERRIDE"] = "0";
        return variables;
    }
}
