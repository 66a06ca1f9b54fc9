using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Validating;
using static System.FormattableString;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Which networks a validation draws, and how often it measures each.</summary>
/// <param name="Networks">Networks that the figures come from.</param>
/// <param name="Fitting">Further ones, for fitting.</param>
/// <param name="Seed">Draws them.</param>
/// <param name="Passes">How often to measure each.</param>
internal sealed record ValidationSample(int Networks, int Fitting, int Seed, int Passes)
{
    private const int FewestNetworks = 4;
    private const int MostNetworks = 10_000,
        MostPasses = 99;

    /// <summary>What a validation is begun with.</summary>
    public ValidationSettings With(MeasuringOptions measuring) => new(Networks, Fitting, Seed, Passes, measuring);

    /// <summary>Holds the numbers to their limits.</summary>
    /// <param name="forCorrection">A correction is to be fitted.</param>
    /// <exception cref="UsageException">One is beyond them.</exception>
    public void Check(bool forCorrection)
    {
        if (Networks is < FewestNetworks or > MostNetworks || Fitting is < 0 or > MostNetworks)
        {
            string few = Invariant($"{FewestNetworks} to {MostNetworks}");
            throw Wrong(
                $"--networks {Networks} --fitting {Fitting}: {few} networks can be reported on, and up to {MostNetworks} fitted on."
            );
        }
        if (forCorrection && Fitting < CorrectionFit.FewestNetworks)
            throw Wrong($"--corrected needs networks to learn from: name at least {CorrectionFit.FewestNetworks} with --fitting, e.g. 30.");
        if (Passes is < 1 or > MostPasses)
            throw Wrong($"--passes {Passes}: every network can be measured 1 to {MostPasses} times.");
    }

    private static UsageException Wrong(FormattableString sentence) => new(Invariant(sentence));
}
