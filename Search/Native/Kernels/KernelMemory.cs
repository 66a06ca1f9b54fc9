using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>
/// Remembers which kernels were found right, in the user's cache: by processor with its microcode, libtorch, threads, and whatever else
/// decides which kernels run.
/// </summary>
/// <param name="folder">Where.</param>
/// <param name="library">libtorch's file; its size and time stand for its version.</param>
internal sealed class KernelMemory(string folder, string library)
{
    // What the libraries are told by the user, and by tests.
    private static readonly string[] Variables =
    [
        "ONEDNN_MAX_CPU_ISA",
        "DNNL_MAX_CPU_ISA",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "ATEN_CPU_CAPABILITY",
        "MKL_ENABLE_INSTRUCTIONS",
        "MKL_CBWR",
        "MKL_DEBUG_CPU_TYPE",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        ProcessProbe.FaultVariable,
    ];

    /// <summary>What was found for this machine and so many threads; null where nothing is known, or not readable.</summary>
    public ChosenKernels? Find(int threads)
    {
        try
        {
            ChosenKernels? chosen = JsonSerializer.Deserialize<ChosenKernels>(File.ReadAllBytes(File_(threads)));
            return chosen is { Found.IsRight: true } && TorchKernels.Ladder.Any(kernels => kernels.Name == chosen.Name) ? chosen : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps what was found; where it cannot, the next program finds it out anew.</summary>
    public void Keep(ChosenKernels chosen, int threads)
    {
        try
        {
            AtomicFile.WriteAllBytes(File_(threads), JsonSerializer.SerializeToUtf8Bytes(chosen));
        }
        catch (UserErrorException)
        {
            // A home that cannot be written to costs a second at each start, no more.
        }
    }

    private string File_(int threads)
    {
        var facts = new StringBuilder()
            .Append(ProcessorFingerprint.Whole)
            .Append('\n')
            .Append(threads)
            .Append('/')
            .Append(Environment.ProcessorCount)
            .Append('\n')
            .Append(RuntimeInformation.RuntimeIdentifier)
            .Append('\n')
            .Append(typeof(TorchSharp.torch).Assembly.GetName().Version)
            .Append('\n')
            .Append(typeof(KernelMemory).Assembly.GetName().Version)
            .Append('\n')
            .Append(KnownAnswers.All.Count)
            .Append('\n');
        var file = new FileInfo(library);
        if (file.Exists)
            facts.Append(file.Length).Append('@').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
        foreach (string variable in Variables)
            facts.Append(variable).Append('=').Append(Environment.GetEnvironmentVariable(variable)).Append('\n');
        return Path.Combine(
            folder,
            $"kernels-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.ToString())))[..16]}.json"
        );
    }
}
