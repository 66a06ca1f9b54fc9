using System.Globalization;
using System.Text.Json;
using FasterSeg.Search.Native.Kernels;

namespace FasterSeg.Search.Native;

/// <summary>The other side of <see cref="ProcessProbe"/>: the process that loads some kernels and checks them.</summary>
internal static class KernelCheck
{
    /// <summary>Checks the kernels that this process's environment asks for, and prints what was found.</summary>
    /// <param name="arguments">Their name and the number of threads, behind <see cref="ProcessProbe.Argument"/>.</param>
    /// <param name="output">Takes the reading, as JSON.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        TorchKernels kernels = TorchKernels.Named(arguments[1], ProcessProbe.Argument);
        TorchLoader.LoadUnchecked(kernels, int.Parse(arguments[2], CultureInfo.InvariantCulture));
        bool isFaulty = Environment.GetEnvironmentVariable(ProcessProbe.FaultVariable)?.Split(',').Contains(kernels.Name) == true;
        output.Write(JsonSerializer.Serialize(KnownAnswers.Check(isFaulty ? Wrong : null)));
        return 0;
    }

    private static float[][] Wrong(KnownAnswer answer)
    {
        float[][] results = answer.Compute();
        if (answer is KnownConvolution { In: 40, Kernel: 3 })
            results[0][results[0].Length / 2] += 1.5f;
        return results;
    }
}
