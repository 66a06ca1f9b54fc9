using System.Globalization;
using System.Text.Json.Serialization;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>The kernels in use, and why.</summary>
/// <param name="Name">Of one of <see cref="TorchKernels.Ladder"/>.</param>
/// <param name="Found">What their check found; null where they were not checked.</param>
/// <param name="Complaint">What was wrong with the ones that libtorch chooses; null where nothing was, or nobody looked.</param>
/// <param name="Slowdown">How much longer a convolution takes than with those; null where that is not known.</param>
internal sealed record ChosenKernels(string Name, KernelReading? Found, string? Complaint = null, double? Slowdown = null)
{
    /// <summary>The kernels.</summary>
    [JsonIgnore]
    public TorchKernels Kernels => TorchKernels.Named(Name, "kernels");

    /// <summary>Told once where the kernels are not those that libtorch chooses; null elsewhere.</summary>
    public string? Notice()
    {
        if (Complaint is null)
            return null;
        string cost =
            Slowdown is not { } ratio ? ""
            : ratio < 1.05 ? "; a convolution takes no longer"
            : string.Create(CultureInfo.InvariantCulture, $"; a convolution takes {ratio:F2} times as long");
        return $"libtorch's own kernels compute wrongly on this processor ({Complaint}). It "
            + $"uses {Kernels.Words} instead, which are right{cost}.";
    }

    /// <summary>For people, one line: which kernels, and how their check came out.</summary>
    public override string ToString()
    {
        if (Found is null)
            return $"{Kernels.Words} ({Name}), unchecked";
        string right = string.Create(
            CultureInfo.InvariantCulture,
            $"{Kernels.Words} ({Name}), checked: {Found.Answers} known answers right to {Found.Off:G1}"
        );
        return Complaint is null ? right : $"{right}; its own are wrong: {Complaint}";
    }
}
