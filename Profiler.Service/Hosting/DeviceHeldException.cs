using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>Another profiler has the device.</summary>
/// <param name="what">What is so, without advice and without a point at its end.</param>
public sealed class DeviceHeldException(string what) : UserErrorException($"{what}: name that one with {ProfilerOption}, or stop it.")
{
    private const string ProfilerOption = "--profiler";

    /// <summary>The sentence for who cannot name another one.</summary>
    public string WithoutOption { get; } = $"{what}: stop that one, since this command measures on this machine itself.";
}
