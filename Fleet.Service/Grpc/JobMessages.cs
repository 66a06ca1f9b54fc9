using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;
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

    /// <summary>An item's entry, which it has, on the reference's scale.</summary>
    public static LatencyEntry ToEntry(this ItemRow item) =>
        new KeptEntry(item.Position, item.Entry!, item.Factor, item.Device ?? "").ToEntry();

    /// <summary>Whether the caller may cancel a job: it is the caller's, or the caller is an operator.</summary>
    public static bool IsOf(this JobRow job, ServerCallContext context) => job.Job.Owner == context.Client() || context.IsOperator();

    /// <summary>A finished table, to who has it built.</summary>
    public static Proto.BuildTableResponse EndMessage(this TableRow table, string job, int done, int total) =>
        new()
        {
            JobId = job,
            Done = done,
            Total = total,
            TableId = table.Id,
            FailedEntries = table.Failed,
            Loaded = table.Loaded ?? "",
        };

    /// <summary>News as a builder of a table gets them: the state alone where nothing was measured.</summary>
    public static IEnumerable<Proto.BuildTableResponse> ToMessages(this JobNews news, string job, TableRow? table)
    {
        if (table is not null)
        {
            yield return table.EndMessage(job, news.Done, news.Total);
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
            Created = ResultMapping.Time(load.Row.Created),
            Updated = ResultMapping.Time(load.Row.Updated),
            Yours = isYours,
        };

    /// <summary>A table in a list.</summary>
    public static Proto.TableSummary ToMessage(this TableRow table) =>
        new TableHeader(
            table.Id,
            table.Hash,
            table.Space,
            table.Identity,
            table.Entries,
            table.Created,
            IsMeasured: true,
            table.Failed,
            table.Loaded
        ).ToMessage();
}
