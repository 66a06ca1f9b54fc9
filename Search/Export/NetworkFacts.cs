using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Export;

/// <summary>What a run knows of a network beyond its weights, and its exported file says. Null is not known.</summary>
public sealed record NetworkFacts
{
    /// <summary>How its pictures were brought to its size.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Own;

    /// <summary>Its classes.</summary>
    public ClassList? Classes { get; init; }

    /// <summary>The search space in words.</summary>
    public string? Space { get; init; }

    /// <summary>The id of the table that it was searched with: the SHA-256 of its canonical form.</summary>
    public string? Table { get; init; }

    /// <summary>The device that the table is of.</summary>
    public string? TableDevice { get; init; }

    /// <summary>The table's estimate for the network at the exported size, ms.</summary>
    public double? EstimateMs { get; init; }

    /// <summary>Its latency measured whole at the exported size, the median, ms.</summary>
    public double? MeasuredMs { get; init; }

    /// <summary>On what and with which execution provider it was measured.</summary>
    public string? MeasuredOn { get; init; }

    /// <summary>Epochs of training behind it.</summary>
    public int? Epochs { get; init; }
}
