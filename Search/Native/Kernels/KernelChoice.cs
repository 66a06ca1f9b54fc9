using FasterSeg.Latency;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>Decides which of libtorch's kernels a program uses, before it loads them.</summary>
/// <param name="probe">Checks kernels.</param>
/// <param name="memory">Knows what was found before.</param>
internal sealed class KernelChoice(IKernelProbe probe, KernelMemory memory)
{
    /// <summary>The fastest kernels that compute right; from memory where they were checked before.</summary>
    /// <param name="threads">CPU threads of an operation.</param>
    /// <returns>Null where no check came to an answer, so that nothing is known.</returns>
    /// <exception cref="UserErrorException">None computes right.</exception>
    public ChosenKernels? Find(int threads)
    {
        if (memory.Find(threads) is { } known)
            return known;
        KernelReading? own = null;
        bool hasAnswer = false,
            isWhole = true;
        string? complaint = null;
        foreach (TorchKernels kernels in TorchKernels.Ladder)
        {
            // One that did not come to its end says nothing of the kernels: somebody ended it, or memory ran out.
            KernelReading? found = probe.Read(kernels, threads) ?? probe.Read(kernels, threads);
            hasAnswer |= found is not null;
            isWhole &= found is not null;
            if (kernels == TorchKernels.Full)
                own = found;
            if (found is { IsRight: true })
            {
                var chosen = new ChosenKernels(
                    kernels.Name,
                    found,
                    complaint,
                    complaint is null || own is not { ConvolutionMs: > 0 } ? null : found.ConvolutionMs / own.ConvolutionMs
                );
                if (isWhole)
                    memory.Keep(chosen, threads);
                return chosen;
            }
            complaint ??= found?.Complaint() ?? "their check did not come to its end";
        }
        return hasAnswer ? throw new UserErrorException(NothingIsRight(complaint!)) : null;
    }

    /// <summary>The sentence for a machine on which nothing is right.</summary>
    internal static string NothingIsRight(string complaint) =>
        $"libtorch computes wrongly on this processor, with all of its kernels ({complaint}), so nothing is trained or evaluated "
        + "here: use another machine, or set "
        + $"{TorchKernels.Variable} to {string.Join(", ", TorchKernels.Ladder.Select(kernels => kernels.Name))} to go on anyway.";
}
