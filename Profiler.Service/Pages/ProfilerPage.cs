using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency.Pages;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Store;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>The profiler for people: device, queue, jobs, tables.</summary>
internal static class ProfilerPage
{
    private const int ShortId = 8;

    /// <summary>The page.</summary>
    public static string Write(ProfilerSight sight) =>
        PageDocument.Write(
            $"FasterSeg profiler: {sight.Device.Name}",
            isLive: true,
            Element("header", null, Element("h1", null, "FasterSeg profiler"), Element("p", null, sight.Device.Name)),
            sight.Lost is { } lost ? Element("p", "warning", $"The device is lost: {lost}") : null,
            sight.StoreFault is { } fault ? Element("p", "warning", fault) : null,
            Element(
                "div",
                "figures",
                Figure(sight.Jobs.Count(job => job.IsRunning), "jobs running"),
                Figure(sight.Waiting, "measurements waiting"),
                Figure(sight.Tables.Count, "tables, the newest")
            ),
            Jobs(sight),
            Tables(sight),
            Device(sight)
        );

    private static XElement Jobs(ProfilerSight sight) =>
        Element(
            "section",
            null,
            Element("h2", null, "Jobs"),
            sight.Jobs.Count == 0
                ? Element("p", "note", "No table was asked for yet: 'fasterseg profile --profiler URL' does it.")
                : new object[]
                {
                    sight.Jobs.Where(job => job.IsRunning).Select(Running),
                    sight.Jobs.Any(job => !job.IsRunning) ? Ended(sight) : "",
                }
        );

    private static XElement Running(SeenJob job)
    {
        JobProgress? progress = job.Progress;
        return Element(
            "div",
            "now",
            Element("p", null, Element("b", null, job.Job.Space.ToString()), Threads(job.Job)),
            progress is { Total: > 0 }
                ? new object[]
                {
                    Element(
                        "progress",
                        null,
                        new XAttribute("aria-label", "sessions"),
                        Attribute("max", $"{progress.Total}"),
                        Attribute("value", $"{Math.Min(progress.Done, progress.Total)}")
                    ),
                    Element(
                        "p",
                        null,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{progress.Done} of {progress.Total} sessions, {100.0 * progress.Done / progress.Total:F0} %"
                        ) + (progress.SecondsLeft > 0 ? $", about {Duration(progress.SecondsLeft)} left" : "")
                    ),
                }
                : Element("p", null, "It waits for its turn, or for a device in quiet."),
            progress?.Paused is { } paused ? Element("p", "warning", paused) : null,
            Element("p", "note", $"Job {Short(job.Job.Id)}, since {Time(job.Job.Created)}{Owner(job)}")
        );
    }

    private static XElement Ended(ProfilerSight sight) =>
        Rows(
            ["job", "state", "space", "ended", "whose", "table"],
            sight
                .Jobs.Where(job => !job.IsRunning)
                .Select(job =>
                    (IReadOnlyList<object>)
                        [
                            Short(job.Job.Id),
                            job.Job.State switch
                            {
                                JobState.Running => "waits to go on",
                                JobState.Failed => $"failed: {job.Job.Message}",
                                _ => job.Job.State.ToString().ToLowerInvariant(),
                            },
                            job.Job.Space.ToString(),
                            Time(job.Job.Updated),
                            job.Owner ?? "",
                            job.Job.TableId is { } table ? Link(table) : "",
                        ]
                )
        );

    private static XElement Tables(ProfilerSight sight) =>
        Element(
            "section",
            null,
            Element("h2", null, "Tables"),
            sight.Tables.Count == 0
                ? Element("p", "note", "None yet.")
                : new object[]
                {
                    Rows(
                        ["table", "made", "space", "how", "entries", "state", "drift", "networks", "validation"],
                        sight.Tables.Select(table =>
                            (IReadOnlyList<object>)
                                [
                                    Link(table.Table.Id),
                                    Time(table.Table.Created),
                                    table.Table.Space?.ToString() ?? "not known",
                                    How(table.Table.Identity),
                                    table.Table.Entries.ToString(CultureInfo.InvariantCulture),
                                    State(table.Table),
                                    table.Drift ?? "",
                                    table.Networks ?? "none measured",
                                    table.Validation ?? "not tried",
                                ]
                        )
                    ),
                    Element(
                        "p",
                        "note",
                        "Drift: the median of the latencies that were measured anew, over those of the version before. Networks: what "
                            + "the whole networks at the end of the table's job have shown. Far outside of their latencies estimates may "
                            + "be off by more. Validation: whole networks measured beside the table's estimates; 'fasterseg lut validate' "
                            + "does it, and its file is found in the store's folder."
                    ),
                }
        );

    private static string How(TableIdentity identity) =>
        string.Create(CultureInfo.InvariantCulture, $"{identity.Provider}, {identity.Precision}, {identity.Threads} thr.");

    private static string State(TableHeader table)
    {
        string[] faults =
        [
            .. table.Loaded is { } reason ? [$"loaded device: {reason}"] : Array.Empty<string>(),
            .. table.Failed > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{table.Failed} failed")] : Array.Empty<string>(),
            .. table.IsMeasured ? Array.Empty<string>() : ["predicted in part, or corrected"],
        ];
        return faults.Length == 0 ? "sound" : string.Join("; ", faults);
    }

    private static XElement Device(ProfilerSight sight)
    {
        (string, string)[] facts =
        [
            ("device", sight.Device.Name),
            ("identity", sight.Device.Uuid),
            ("provider", $"{sight.Provider}, {sight.Precision}"),
            ("ONNX Runtime", sight.Device.OnnxRuntime),
            ("operating system", sight.Device.OperatingSystem),
            ("logical cores", sight.Device.LogicalCores.ToString(CultureInfo.InvariantCulture)),
            ("memory", string.Create(CultureInfo.InvariantCulture, $"{sight.Device.MemoryBytes / (double)(1L << 30):0.0} GiB")),
            ("threads where nobody says", sight.Device.DefaultThreads.ToString(CultureInfo.InvariantCulture)),
        ];
        return Element(
            "section",
            null,
            Element("h2", null, "Device"),
            Element("dl", null, facts.Select(fact => (object[])[Element("dt", null, fact.Item1), Element("dd", null, fact.Item2)]))
        );
    }

    private static XElement Figure(int count, string name) =>
        Element("div", "figure", Element("b", null, count.ToString(CultureInfo.InvariantCulture)), Element("span", null, name));

    private static XElement Link(string table) =>
        Element("a", null, new XAttribute("href", $"/tables/{Uri.EscapeDataString(table)}.json"), table);

    private static string Threads(StoredJob job) =>
        string.Create(CultureInfo.InvariantCulture, $", {job.Settings.Threads} thread{(job.Settings.Threads == 1 ? "" : "s")}");

    private static string Owner(SeenJob job) => job.Owner is { } owner ? $", {owner}" : "";

    private static string Short(string id) => id.Length > ShortId ? id[..ShortId] : id;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) =>
        seconds < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min");
}
