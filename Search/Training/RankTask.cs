using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Training;

/// <summary>All that another rank must know of a training. Only the images it has to have itself.</summary>
/// <param name="Build">Which build of this library tells it.</param>
/// <param name="Configuration">The configuration in force, JSON.</param>
/// <param name="Network">The network, JSON.</param>
/// <param name="Teacher">The teacher, JSON; null without one.</param>
/// <param name="Images">The images' fingerprint.</param>
/// <param name="ImagesInWords">For messages.</param>
internal sealed record RankTask(string Build, string Configuration, string Network, string? Teacher, string Images, string ImagesInWords)
{
    /// <summary>This build: ranks of different ones do not understand each other.</summary>
    public static string ThisBuild { get; } = typeof(RankTask).Module.ModuleVersionId.ToString();

    /// <summary>Puts a training into words.</summary>
    public static RankTask Of(FasterSegOptions options, SegmentationDataset data, DerivedArchitecture network, DerivedArchitecture? teacher)
    {
        var images = DatasetFingerprint.Of(data);
        return new(
            ThisBuild,
            ConfigurationLoader.Write(options),
            DerivedArchitectureJson.Write(network),
            teacher is null ? null : DerivedArchitectureJson.Write(teacher),
            images.Sha256,
            images.ToString()
        );
    }

    /// <summary>As a text.</summary>
    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>Of such a text.</summary>
    public static RankTask Read(string text) => JsonSerializer.Deserialize<RankTask>(text)!;
}
