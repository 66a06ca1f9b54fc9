using FasterSeg.Latency;
using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut validate</c> says.</summary>
/// <param name="Lut">The table's file.</param>
/// <param name="Sample">Which networks.</param>
/// <param name="Measuring">How to measure them.</param>
/// <param name="Profiler">Who measures; null is this machine.</param>
/// <param name="Files">What to write.</param>
/// <param name="Worst">How many of the worst cases to name.</param>
internal sealed record LutValidateArguments(
    string Lut,
    ValidationSample Sample,
    ValidationMeasuring Measuring,
    ProfilerAddress? Profiler,
    ValidationFiles Files,
    int Worst
)
{
    /// <summary>Refuses what cannot be carried out, before anything is measured.</summary>
    /// <exception cref="UsageException">A figure is out of its range.</exception>
    /// <exception cref="UserErrorException">A file is there already, or is one that the command reads.</exception>
    public void Check()
    {
        Sample.Check(forCorrection: Files.Corrected is not null);
        if (Worst < 0)
            throw new UsageException("--worst counts networks: use 0 or more.");
        Measuring.Check();
        Files.Require(Lut, Measuring.Config);
    }
}
