using System.Globalization;
using System.Text.Json.Serialization;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>What a check of kernels found.</summary>
/// <param name="Answers">How many computations were compared.</param>
/// <param name="Worst">The one that was off the most, and which of its results.</param>
/// <param name="Off">By how much, as a share of the expected values' root mean square; infinite where a value was none.</param>
/// <param name="ConvolutionMs">How long a convolution of ordinary size took.</param>
internal sealed record KernelReading(
    int Answers,
    string Worst,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Off,
    double ConvolutionMs
)
{
    /// <summary>All within rounding.</summary>
    [JsonIgnore]
    public bool IsRight => Off <= KnownAnswers.Tolerance;

    /// <summary>A check whose process ended at a kernel.</summary>
    /// <param name="kernels">Which.</param>
    /// <param name="signal">Number of the signal that ended it.</param>
    public static KernelReading Crashed(TorchKernels kernels, int signal) =>
        new(
            0,
            string.Create(CultureInfo.InvariantCulture, $"the check of {kernels.Name} crashed, signal {signal}"),
            double.PositiveInfinity,
            0
        );

    /// <summary>For people: <c>convolution 3x3 40-72 on 2x40x8x16, output, is off by 1.2 times its size</c>.</summary>
    public string Complaint() =>
        Answers == 0 ? Worst
        : double.IsFinite(Off) ? string.Create(CultureInfo.InvariantCulture, $"{Worst}, is off by {Off:G2} times its size")
        : $"{Worst}, is not a number";
}
