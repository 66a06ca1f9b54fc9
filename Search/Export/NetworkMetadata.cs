using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Export;

/// <summary>What an exported file says of itself, so that whoever deploys it needs nothing else.</summary>
internal static class NetworkMetadata
{
    /// <summary>The version of the keys that this program writes and reads.</summary>
    public const string Format = "1";

    /// <summary>How logits are enlarged.</summary>
    public const string Bilinear = "bilinear";

    /// <summary>What corners do in it.</summary>
    public const string True = "true";

    /// <summary>Version of this program.</summary>
    public static string Version { get; } = typeof(NetworkMetadata).Assembly.GetName().Version!.ToString(3);

    /// <summary>Every key with its value; what is not known has none.</summary>
    /// <param name="plan">The network at the exported size.</param>
    /// <param name="form">What the file takes and gives.</param>
    /// <param name="facts">What the run knows.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(NetworkPlan plan, ExportForm form, NetworkFacts facts)
    {
        bool isFull = plan.Parts[^1].Spec.Kind == OperatorKind.Upsample;
        NetworkCost cost = NetworkCost.Of(plan);
        (string Key, string? Value)[] known =
        [
            (MetadataKeys.Format, Format),
            (MetadataKeys.Version, Version),
            .. NetworkInput.Of(form, facts.Fit).Metadata,
            (MetadataKeys.Size, form.Open.HasFlag(DynamicAxes.Size) ? JsonSerializer.Serialize(new[] { plan.Height, plan.Width }) : null),
            (MetadataKeys.Multiple, Number(SearchSpace.SideMultiple)),
            (MetadataKeys.Output, form.Argmax ? ClassOutput.Name : NetworkExporter.OutputName),
            (MetadataKeys.Stride, isFull ? "1" : "8"),
            (MetadataKeys.Enlargement, Bilinear),
            (MetadataKeys.AlignCorners, True),
            (MetadataKeys.Classes, facts.Classes?.ToJson()),
            (MetadataKeys.Ignore, Number(LabelMap.Ignore)),
            (MetadataKeys.Role, plan.Architecture.Role.Name()),
            (MetadataKeys.Space, facts.Space),
            (MetadataKeys.Architecture, DerivedArchitectureJson.Write(plan.Architecture)),
            (
                MetadataKeys.Cost,
                JsonSerializer.Serialize(
                    new
                    {
                        multiply_adds = cost.MultiplyAdds,
                        parameters = cost.Parameters,
                        activation_bytes = cost.ActivationBytes,
                    }
                )
            ),
            (MetadataKeys.Epochs, Number(facts.Epochs)),
            (MetadataKeys.Table, facts.Table),
            (MetadataKeys.TableDevice, facts.TableDevice),
            (MetadataKeys.Estimate, Number(facts.EstimateMs)),
            (MetadataKeys.Measured, Number(facts.MeasuredMs)),
            (MetadataKeys.MeasuredOn, facts.MeasuredOn),
        ];
        return known.Where(each => each.Value is not null).Select(each => KeyValuePair.Create(each.Key, each.Value!));
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
