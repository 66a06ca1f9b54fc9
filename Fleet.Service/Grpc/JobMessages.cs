using System.Globalization;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Fleet.V1;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>The fleet's jobs and tables in the profiler's messages.</summary>
internal static class JobMessages
{
    /// <summary>An entry on the reference's scale.</summary>
    public static LatencyEntry ToEntry(this KeptEntry kept)
    {
        LatencyEntry entry = LatencyTableJson.ParseEntry(kept.Entry, "a result");
        return kept.Factor == 1 ? entry : MergedEntry.Of(entry, kept.Device, kept.Factor);
    }

    /// <summary>News as a builder of a table gets them: the state alone where nothing was measured.</summary>
    public static IEnumerable<Proto.BuildTableResponse> ToMessages(this JobNews news, string job, TableRow? table)
    {
        if (table is not null)
        {
            yield return new()
            {
                JobId = job,
                Done = news.Done,
                Total = news.Total,
                TableId = table.Id,
                FailedEntries = table.Failed,
                Loaded = table.Loaded ?? "",
            };
            yield break;
        }
        int done = news.Done - news.Entries.Count;
        foreach (LatencyEntry entry in news.Entries.Select(ToEntry))
        {
            yield return new()
            {
                JobId = job,
                Done = ++done,
                Total = news.Total,
                SecondsLeft = news.SecondsLeft,
                Key = entry.Spec.ToString(),
                Statistics = entry.StatisticsMessage(),
                Failure = entry.Failure ?? "",
                BuildMs = entry.BuildMs ?? 0,
            };
        }
        if (news.Entries.Count == 0)
            yield return new()
            {
                JobId = job,
                Done = news.Done,
                Total = news.Total,
                SecondsLeft = news.SecondsLeft,
            };
    }

    /// <summary>A job in a list, or alone.</summary>
    public static Proto.Job ToMessage(this JobLoad load, Hello reference, bool isYours) =>
        new()
        {
            Id = load.Row.Id,
            Space = load.Row.Job.Space?.ToMessage(),
            Identity = DeviceHello.IdentityOf(reference, load.Row.Job.Settings).ToMessage(),
            State = Enum.Parse<Proto.JobState>(load.Row.State.ToString()),
            Done = load.Done,
            Total = load.Row.Total,
            TableId = load.Row.TableId ?? "",
            Message = load.Row.Message,
            Created = Time(load.Row.Created),
            Updated = Time(load.Row.Updated),
            Yours = isYours,
        };

    /// <summary>A table in a list.</summary>
    public static Proto.TableSummary ToMessage(this TableRow table) =>
        new()
        {
            Id = table.Id,
            Hash = table.Hash,
            Space = table.Space?.ToMessage(),
            DeviceName = table.Identity.DeviceName,
            Provider = ContractNames.Provider(table.Identity.Provider),
            Entries = table.Entries,
            Created = Time(table.Created),
            Threads = table.Identity.Threads,
            FailedEntries = table.Failed,
            Loaded = table.Loaded ?? "",
        };

    /// <summary>UTC, RFC 3339.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
