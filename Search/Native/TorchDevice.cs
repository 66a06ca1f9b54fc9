using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Native.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Native;

/// <summary>The device that <c>--device</c> names, and torch ready to use on it.</summary>
public static class TorchDevice
{
    /// <summary>Loads torch, sets its threads and gives the device.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">CPU threads of an operation; 0 leaves torch's default, at most one for each core that this process may
    /// use.</param>
    /// <param name="kernels">Which of libtorch's kernels; the program chooses unless some are named.</param>
    /// <param name="option">Where the name was given, for messages.</param>
    /// <exception cref="UsageException">The name is none of these.</exception>
    /// <exception cref="UserErrorException">This build or machine has no such device.</exception>
    public static Device Open(string name, int threads, string kernels = TorchKernels.Automatic, string option = "--device")
    {
        int index = name == "cpu" ? -1 : CudaIndex(name, option);
        TorchLoader.Load(threads, kernels);
        if (threads > 0)
            set_num_threads(threads);
        TorchThreads.IsNumberAsked = threads > 0;
        if (index < 0)
            return CPU;
        if (!cuda.is_available())
            throw new UserErrorException(
                $"{option} {name}: this build has libtorch for the CPU only, or there is no "
                    + $"CUDA device; leave {option} out to compute on the CPU."
            );
        if (index >= cuda.device_count())
            throw new UserErrorException($"{option} {name}: there are {cuda.device_count()} CUDA devices here, numbered from 0.");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>The devices that several names with commas between them name; one may occur several times.</summary>
    /// <inheritdoc cref="Open"/>
    public static IReadOnlyList<Device> OpenAll(
        string names,
        int threads,
        string kernels = TorchKernels.Automatic,
        string option = "--device"
    ) => [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name => Open(name, threads, kernels, option))];

    /// <summary>Passes a name that some machine may have; torch is not loaded.</summary>
    /// <exception cref="UsageException">It is no device's name.</exception>
    public static void RequireName(string name, string option = "--device")
    {
        if (name != "cpu")
            CudaIndex(name, option);
    }

    /// <summary>Passes devices that this machine has. Torch is not loaded for the processor alone.</summary>
    /// <exception cref="UsageException">One is no device's name.</exception>
    /// <exception cref="UserErrorException">This build or machine has no such device.</exception>
    public static void Require(IEnumerable<string> names, string option = "--device")
    {
        foreach (string name in names.Distinct())
        {
            if (name != "cpu")
                Open(name, threads: 0, option: option);
        }
    }

    private static int CudaIndex(string name, string option)
    {
        if (name == "cuda")
            return 0;
        if (
            name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        )
            return index;
        throw new UsageException($"{option} {name} is not known: use cpu, cuda or cuda:N.");
    }
}
