using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>Turns a table into the JSON that <see cref="LatencyTableReader"/> reads.</summary>
internal static class LatencyTableWriter
{
    /// <summary>The file: members in canonical order, one entry a line, so that a change of one latency is a change of one line.</summary>
    public static byte[] Write(LatencyTable table)
    {
        JsonElement content = Content(table);
        JsonElement hash = JsonSerializer.SerializeToElement(Hash(content));
        var members = content
            .EnumerateObject()
            .Select(member => (member.Name, member.Value))
            .Append((Name: LatencyTableJson.HashMember, Value: hash));
        var lines = members
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => $"  \"{member.Name}\": {(member.Name == "entries" ? OneALine(member.Value) : Canonical(member.Value))}");
        return Encoding.UTF8.GetBytes($"{{\n{string.Join(",\n", lines)}\n}}\n");
    }

    /// <summary>SHA-256 over the canonical form without the hash itself, lower-case hexadecimal.</summary>
    public static string Hash(JsonElement root) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Serialize(root, without: LatencyTableJson.HashMember)));

    /// <summary>The table without its hash.</summary>
    /// <exception cref="ArgumentException">An entry or a member breaks a rule: a file that could not be read again is never
    /// written.</exception>
    public static JsonElement Content(LatencyTable table)
    {
        JsonObject content = Required(table);
        if (table.Environment.Count > 0)
            content["environment"] = new JsonObject(table.Environment.Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value)));
        if (table.Correction is { } correction)
            content["correction"] = Correction(correction);
        if (TableMembers.Fault(table) is { } fault)
            throw new ArgumentException($"The table cannot be written: {fault}.");
        if (table.Members.Count > 0)
            content["members"] = new JsonArray([.. table.Members.Select(Member)]);
        return JsonSerializer.SerializeToElement(content);
    }

    private static JsonObject Member(TableMember member) =>
        new()
        {
            ["id"] = member.Id,
            ["uuid"] = member.Uuid,
            ["factor"] = member.Factor,
            ["entries"] = member.Entries,
        };

    private static JsonObject Correction(LatencyCorrection correction) =>
        new()
        {
            ["scale"] = correction.Scale,
            ["boundary_ns"] = correction.BoundaryNs,
            ["weight_ns"] = correction.WeightNs,
            ["part_ms"] = correction.PartMs,
            ["networks"] = correction.Networks,
            ["deviation"] = correction.Deviation,
        };

    private static JsonObject Required(LatencyTable table) =>
        new()
        {
            ["format"] = LatencyTable.CurrentFormat,
            ["created"] = table.Created.UtcDateTime.ToString(LatencyTableJson.TimeFormat, CultureInfo.InvariantCulture),
            ["identity"] = Identity(table.Identity),
            ["space"] = table.Space is { } space ? Space(space) : null,
            ["entries"] = new JsonArray([.. table.Entries.Select(Entry)]),
        };

    internal static JsonObject Identity(TableIdentity identity) =>
        new()
        {
            ["device_name"] = identity.DeviceName,
            ["device_uuid"] = identity.DeviceUuid,
            ["compute_capability"] = identity.ComputeCapability,
            ["driver"] = identity.Driver,
            ["provider"] = identity.Provider,
            ["onnxruntime"] = identity.OnnxRuntime,
            ["tensorrt"] = identity.TensorRt,
            ["cudnn"] = identity.Cudnn,
            ["precision"] = identity.Precision,
            ["threads"] = identity.Threads,
            ["batch_size"] = identity.BatchSize,
            ["protocol"] = identity.Protocol,
        };

    internal static JsonObject Space(SearchSpace space) =>
        new()
        {
            ["height"] = space.Height,
            ["width"] = space.Width,
            ["fch"] = space.Fch,
            ["width_ratios"] = new JsonArray([.. space.WidthRatios.Select(ratio => (JsonNode)ratio)]),
            ["layers"] = space.Layers,
            ["classes"] = space.Classes,
            ["teacher_stem_ratio"] = space.TeacherStemRatio,
            ["teacher_head_ratio"] = space.TeacherHeadRatio,
            ["student_stem_ratio"] = space.StudentStemRatio,
            ["student_head_ratio"] = space.StudentHeadRatio,
        };

    internal static JsonObject Entry(LatencyEntry entry)
    {
        if (LatencyEntryRules.Fault(entry) is { } fault)
            throw new ArgumentException($"Entry '{entry.Spec}' cannot be written: {fault}.");
        var json = new JsonObject
        {
            ["key"] = entry.Spec.ToString(),
            ["origin"] = LatencyTableJson.Origins[(int)entry.Origin],
            ["median_ms"] = entry.MedianMs,
        };
        if (entry.Spread is { } spread)
        {
            json["mean_ms"] = spread.MeanMs;
            json["standard_deviation_ms"] = spread.StandardDeviationMs;
            json["confidence_low_ms"] = spread.ConfidenceLowMs;
            json["confidence_high_ms"] = spread.ConfidenceHighMs;
            json["p05_ms"] = spread.P05Ms;
            json["p25_ms"] = spread.P25Ms;
            json["p75_ms"] = spread.P75Ms;
            json["p95_ms"] = spread.P95Ms;
            json["samples"] = spread.Samples;
            if (spread.Outliers != 0)
                json["outliers"] = spread.Outliers;
            if (spread.Disturbed != 0)
                json["disturbed"] = spread.Disturbed;
            if (spread.Sessions != 1)
                json["sessions"] = spread.Sessions;
        }
        if (entry.Bounds is { } bounds)
            (json["predicted_low_ms"], json["predicted_high_ms"]) = (bounds.LowMs, bounds.HighMs);
        if (entry.BuildMs is { } build)
            json["build_ms"] = build;
        if (entry.Placement is { } placement)
            json["placement"] = new JsonObject(placement.Nodes.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value)));
        if (entry.Noisy)
            json["noisy"] = true;
        if (entry.Drifted)
            json["drifted"] = true;
        if (entry.Failure is not null)
            json["failure"] = entry.Failure;
        if (entry.Device is not null)
            json["device"] = entry.Device;
        if (entry.Factor is { } factor)
            json["factor"] = factor;
        return json;
    }

    private static string OneALine(JsonElement array) =>
        array.GetArrayLength() == 0
            ? "[]"
            : $"[\n{string.Join(",\n", array.EnumerateArray().Select(item => "    " + Canonical(item)))}\n  ]";

    private static string Canonical(JsonElement element) => Encoding.UTF8.GetString(CanonicalJson.Serialize(element));
}
