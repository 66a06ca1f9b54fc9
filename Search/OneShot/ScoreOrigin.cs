using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// What a kept score was made of, as a few digits: the shared weights themselves, and every setting that scores are made by. A run whose
/// settings were changed, or whose weights were trained on, scores its networks again.
/// </summary>
public static class ScoreOrigin
{
    // These decide which networks are looked at and how files are read, and no score.
    private static readonly string[] Looks =
        ["networks", "population", "parents", "mutation", "adaptedNetworks", "adaptedDescendants", "adaptationRungs", "checkpointSteps"],
        Adapts = ["adaptationSteps", "adaptationRate"],
        Reads = ["prefetch", "workers"],
        // A rung decides how long it trains; the rest is of whoever is trained beside a teacher, or looks on.
        Trains = ["start", "epochs", "stepsPerEpoch", "validations", "validationImages", "distillationWeight", "checkpointSteps"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { ConfigurationWords.Converter } };

    /// <summary>Of scores by shared weights.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="weights">The shared weights.</param>
    public static string OfScores(FasterSegOptions options, ScoringWeights weights) =>
        Of(weights, Images(options), Section(options.OneShot, [.. Looks, .. Adapts]));

    /// <summary>Of scores after some steps of each network's own.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="weights">The shared weights.</param>
    /// <param name="steps">How many.</param>
    public static string OfAdapted(FasterSegOptions options, ScoringWeights weights, int steps)
    {
        JsonNode phase = Section(options.OneShot, Looks);
        phase[Adapts[0]] = steps;
        return Of(weights, Images(options), phase);
    }

    /// <summary>Of scores of finalists.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="weights">The shared weights that they begin with; null draws them.</param>
    public static string OfFinalists(FasterSegOptions options, ScoringWeights? weights) =>
        Of(
            weights,
            Images(options),
            Section(options.Training, Trains),
            // By these the held-out images are read, too.
            Section(options.OneShot, [.. Looks, .. Adapts])
        );

    private static string Of(ScoringWeights? weights, params JsonNode[] settings) =>
        Convert.ToHexStringLower(
            XxHash128.Hash(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        NetworkScorer.Way,
                        weights?.Fingerprint,
                        settings,
                    }
                )
            )
        );

    private static JsonNode Images(FasterSegOptions options) =>
        JsonSerializer.SerializeToNode(
            new
            {
                options.Seed,
                options.Space,
                Data = Section(options.Data, Reads),
            },
            Json
        )!;

    private static JsonNode Section<T>(T section, IEnumerable<string> without)
    {
        JsonObject node = JsonSerializer.SerializeToNode(section, Json)!.AsObject();
        foreach (string key in without)
            node.Remove(key);
        return node;
    }
}
