using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Reads and checks a table's JSON. Every fault is a <see cref="UserErrorException"/> that says where it is. Field by field: of a wrong
/// value <c>JsonSerializer</c> tells neither the operator's key, nor what stands there, nor what should.
/// </summary>
internal static class LatencyTableReader
{
    public static LatencyTable Read(JsonElement root, string where)
    {
        var fields = new JsonFields(root, where);
        // Other files of this program have a format, too.
        if (!fields.Has("entries") && !fields.Has(LatencyTableJson.HashMember))
            throw LatencyTableJson.NoTable(where);
        // The version comes first: another one may mean anything by the rest.
        int format = fields.Integer("format", least: 0);
        if (format != LatencyTable.CurrentFormat)
            throw new UserErrorException(
                $"{where}: the table has format {format} and this build reads format {LatencyTable.CurrentFormat}: use the build "
                    + "that wrote it or build the table again."
            );
        string stored = fields.Text(LatencyTableJson.HashMember);
        DateTimeOffset created = Time(fields, "created");
        TableIdentity identity = Identity(fields.Take("identity"), where);
        SearchSpace? space = Space(fields.Take("space"), where);
        List<LatencyEntry> entries = Entries(fields, where);
        Dictionary<string, string> environment = fields.Has("environment")
            ? new JsonFields(fields.Take("environment"), $"{where}: environment").Texts()
            : [];
        LatencyCorrection? correction = fields.Has("correction") ? Correction(fields.Take("correction"), $"{where}: correction") : null;
        List<TableMember> members = fields.Has("members") ? Members(fields, where) : [];
        var table = new LatencyTable(identity, space, entries, created, environment, correction, members);
        if (TableMembers.Fault(table) is { } fault)
            throw fields.Fault(fault);
        fields.RequireNoOthers();

        string computed = LatencyTableWriter.Hash(root);
        if (stored != computed)
            throw new UserErrorException(
                $"{where}: the content does not match its SHA-256 ({Start(stored)} is stored, {Start(computed)} computed), so a "
                    + "number or a name was changed: restore the file or build the table again."
            );
        return table;
    }

    private static List<TableMember> Members(JsonFields fields, string where)
    {
        JsonElement array = fields.Take("members");
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
            throw fields.Fault("'members' is no list of cards");
        var members = new List<TableMember>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            var member = new JsonFields(element, string.Create(CultureInfo.InvariantCulture, $"{where}: member {members.Count + 1}"));
            members.Add(new(member.Text("id"), member.Text("uuid"), member.Number("factor"), member.Integer("entries", least: 0)));
            member.RequireNoOthers();
        }
        return members;
    }

    private static LatencyCorrection Correction(JsonElement element, string place)
    {
        var fields = new JsonFields(element, place);
        double NotNegative(string name) =>
            fields.Number(name) is >= 0 and double number ? number : throw fields.Fault($"'{name}' is negative");
        var correction = new LatencyCorrection(
            NotNegative("scale"),
            NotNegative("boundary_ns"),
            NotNegative("weight_ns"),
            NotNegative("part_ms"),
            fields.Integer("networks", least: 1),
            NotNegative("deviation")
        );
        fields.RequireNoOthers();
        return correction;
    }

    private static DateTimeOffset Time(JsonFields fields, string name)
    {
        string text = fields.Text(name);
        return DateTimeOffset.TryParseExact(
            text,
            LatencyTableJson.TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time
        )
            ? time
            : throw fields.Fault($"'{name}' is no time such as 2026-01-31T12:00:00Z");
    }

    internal static TableIdentity Identity(JsonElement element, string where)
    {
        var fields = new JsonFields(element, $"{where}: identity");
        var identity = new TableIdentity(
            fields.Text("device_name"),
            fields.Text("device_uuid"),
            fields.TextOrNull("compute_capability"),
            fields.TextOrNull("driver"),
            fields.Text("provider"),
            fields.TextOrNull("onnxruntime"),
            fields.TextOrNull("tensorrt"),
            fields.TextOrNull("cudnn"),
            fields.Text("precision"),
            fields.Integer("threads", least: 0),
            fields.Integer("batch_size", least: 1),
            fields.Text("protocol")
        );
        fields.RequireNoOthers();
        return identity;
    }

    internal static SearchSpace? Space(JsonElement element, string where)
    {
        if (element.ValueKind == JsonValueKind.Null)
            return null;
        var fields = new JsonFields(element, $"{where}: space");
        var space = new SearchSpace(
            fields.Integer("height", 1),
            fields.Integer("width", 1),
            fields.Integer("fch", 1),
            fields.Numbers("width_ratios"),
            fields.Integer("layers", 1),
            fields.Integer("classes", 1),
            fields.Number("teacher_stem_ratio"),
            fields.Number("teacher_head_ratio"),
            fields.Number("student_stem_ratio"),
            fields.Number("student_head_ratio")
        );
        fields.RequireNoOthers();
        return space.Validate() is [var fault, ..] ? throw fields.Fault(fault.TrimEnd('.')) : space;
    }

    private static List<LatencyEntry> Entries(JsonFields fields, string where)
    {
        JsonElement array = fields.Take("entries");
        if (array.ValueKind != JsonValueKind.Array)
            throw fields.Fault("'entries' is no list");
        var entries = new List<LatencyEntry>();
        var seen = new HashSet<OperatorSpec>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{where}: entry {entries.Count + 1}");
            LatencyEntry entry = Entry(element, place, out JsonFields entryFields);
            if (!seen.Add(entry.Spec))
                throw entryFields.Fault("the key occurs a second time");
            entries.Add(entry);
        }
        return entries;
    }

    internal static LatencyEntry Entry(JsonElement element, string place, out JsonFields fields)
    {
        fields = new JsonFields(element, place);
        string key = fields.Text("key");
        if (!OperatorKey.TryParse(key, out OperatorSpec? spec))
            throw fields.Fault($"'{(key.Length <= 100 ? key : key[..100] + "...")}' is no operator key such as 'conv h64 w128 c96-192 s2'");

        // From here on the key says more than the entry's number.
        fields = new JsonFields(element, $"{place} '{key}'");
        _ = fields.Take("key");
        string name = fields.Text("origin");
        int origin = Array.IndexOf(LatencyTableJson.Origins, name);
        if (origin < 0)
            throw fields.Fault($"the origin '{name}' is none of {string.Join(", ", LatencyTableJson.Origins)}");
        var entry = new LatencyEntry(
            spec,
            (EntryOrigin)origin,
            fields.Number("median_ms"),
            Spread(fields),
            fields.Has("noisy") && fields.Flag("noisy"),
            fields.Has("failure") ? fields.Text("failure") : null,
            fields.Has("drifted") && fields.Flag("drifted"),
            fields.Has("build_ms") ? fields.Number("build_ms") : null,
            fields.Has("placement")
                ? new Placement(new JsonFields(fields.Take("placement"), $"{place} '{key}': placement").Integers(least: 1))
                : null,
            fields.Has("predicted_low_ms")
                ? new PredictionBounds(fields.Number("predicted_low_ms"), fields.Number("predicted_high_ms"))
                : null,
            fields.Has("device") ? fields.Text("device") : null,
            fields.Has("factor") ? fields.Number("factor") : null
        );
        fields.RequireNoOthers();
        return LatencyEntryRules.Fault(entry) is { } fault ? throw fields.Fault(fault) : entry;
    }

    private static LatencySpread? Spread(JsonFields fields) =>
        !fields.Has("samples")
            ? null
            : new LatencySpread(
                fields.Number("mean_ms"),
                fields.Number("standard_deviation_ms"),
                fields.Number("confidence_low_ms"),
                fields.Number("confidence_high_ms"),
                fields.Number("p05_ms"),
                fields.Number("p25_ms"),
                fields.Number("p75_ms"),
                fields.Number("p95_ms"),
                fields.Integer("samples", least: 1),
                fields.Has("outliers") ? fields.Integer("outliers", least: 0) : 0,
                fields.Has("disturbed") ? fields.Integer("disturbed", least: 0) : 0,
                fields.Has("sessions") ? fields.Integer("sessions", least: 1) : 1
            );

    private static string Start(string hash) => hash.Length <= 8 ? hash : hash[..8] + "...";
}
