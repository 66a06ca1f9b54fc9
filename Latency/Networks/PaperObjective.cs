namespace FasterSeg.Latency.Networks;

/// <summary>By what the paper chooses between networks (Section 4.1).</summary>
public static class PaperObjective
{
    private const double Exponent = -0.07;

    /// <summary>mIoU * (latency / target)^-0.07: larger is better. The target is a factor common to all, and changes no choice.</summary>
    /// <param name="meanIou">0 to 1.</param>
    /// <param name="milliseconds">Latency.</param>
    /// <param name="targetMs">In the same unit.</param>
    public static double Of(double meanIou, double milliseconds, double targetMs) => meanIou * Math.Pow(milliseconds / targetMs, Exponent);
}
