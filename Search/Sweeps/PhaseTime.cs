namespace FasterSeg.Search.Sweeps;

/// <summary>How long a step of a phase took on this machine, or an image of an evaluation.</summary>
/// <param name="Task">The phase, as <see cref="PhaseCost.Task"/> names it.</param>
/// <param name="Seconds">Of one, in the mean.</param>
/// <param name="Count">How many were timed.</param>
public sealed record PhaseTime(string Task, double Seconds, int Count)
{
    /// <summary>Seconds that all of a phase takes at this pace.</summary>
    public double Of(PhaseCost cost) => Seconds * (cost.Steps > 0 ? cost.Steps : cost.Images);
}
