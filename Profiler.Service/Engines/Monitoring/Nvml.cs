using System.Text;
using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>NVML of this machine's driver. Where there is none, it says so by having no driver and no devices.</summary>
public sealed class Nvml : INvml
{
    private delegate int TextCall(Span<byte> text, uint length);

    private readonly bool isThere = Start();

    /// <inheritdoc/>
    public string? Driver => isThere ? Text(NvmlApi.DriverVersion) : null;

    /// <inheritdoc/>
    public Version? Cuda =>
        isThere && NvmlApi.CudaDriverVersion(out int version) == NvmlApi.Success ? LibraryVersions.OfCuda(version) : null;

    /// <inheritdoc/>
    public IReadOnlyList<GpuDevice> Devices()
    {
        var devices = new List<GpuDevice>();
        if (!isThere || NvmlApi.Count(out uint count) != NvmlApi.Success)
            return devices;
        for (uint i = 0; i < count; i++)
        {
            // A device that has fallen off the bus keeps its number.
            devices.Add(
                NvmlApi.Handle(i, out nint device) == NvmlApi.Success ? Describe(device) : new("lost GPU", $"GPU-lost-{i}", new(0, 0), 0)
            );
        }
        return devices;
    }

    /// <inheritdoc/>
    public IDeviceMonitor Monitor(int device) =>
        isThere && NvmlApi.Handle((uint)device, out nint handle) == NvmlApi.Success
            ? new NvmlMonitor(handle)
            : throw new InvalidOperationException($"NVML shows no GPU number {device}.");

    private static GpuDevice Describe(nint device)
    {
        Version capability =
            NvmlApi.ComputeCapability(device, out int major, out int minor) == NvmlApi.Success ? new(major, minor) : new(0, 0);
        long memory = NvmlApi.MemoryInfo(device, out NvmlApi.Memory bytes) == NvmlApi.Success ? (long)bytes.Total : 0;
        return new(
            Text((text, length) => NvmlApi.Name(device, text, length)) ?? "NVIDIA GPU",
            Text((text, length) => NvmlApi.Uuid(device, text, length)) ?? "GPU-unknown",
            capability,
            memory
        );
    }

    private static string? Text(TextCall call)
    {
        Span<byte> text = stackalloc byte[NvmlApi.TextBytes];
        if (call(text, (uint)text.Length) != NvmlApi.Success)
            return null;
        int end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }

    private static bool Start()
    {
        try
        {
            // Never shut down: the process needs it to its end.
            return NvmlApi.Init() == NvmlApi.Success;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return false;
        }
    }
}
