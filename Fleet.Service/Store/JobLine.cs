using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>A job's row as the database gives it; named as the columns are. Properties, not a constructor's parameters: SQLite does not
/// know of what type a count is where there is no row.</summary>
internal sealed class JobLine
{
    public string id { get; init; } = "";
    public string pool { get; init; } = "";
    public string kind { get; init; } = "";
    public string? space { get; init; }
    public string settings { get; init; } = "";
    public string owner { get; init; } = "";
    public long priority { get; init; }
    public string? source { get; init; }
    public string state { get; init; } = "";
    public string message { get; init; } = "";
    public string? table_id { get; init; }
    public long total { get; init; }
    public string created { get; init; } = "";
    public string updated { get; init; } = "";
    public long open { get; init; }
    public long leased { get; init; }

    /// <summary>The columns of a <c>job j</c>, without how its items stand.</summary>
    public const string Columns =
        "j.id, j.pool, j.kind, j.space, j.settings, j.owner, j.priority, j.source, j.state, j.message, j.table_id, j.total, j.created, "
        + "j.updated";

    /// <summary>The columns of a <c>job j</c>, with how its items stand.</summary>
    public const string LoadColumns =
        Columns
        + ", (SELECT count(*) FROM item i WHERE i.job = j.id AND i.entry IS NULL) AS open"
        + ", (SELECT count(i.token) FROM item i WHERE i.job = j.id AND i.entry IS NULL) AS leased";

    /// <summary>Equal for jobs that measure the same in the same way.</summary>
    public static string LikenessOf(string pool, JobKind kind, SearchSpace? space, MeasurementSettings settings) =>
        StoreText.Likeness(pool, StoreText.Of(kind), StoreText.Of(space), StoreText.Of(settings));

    /// <summary>The job.</summary>
    public JobRow Read() =>
        new(
            id,
            new(
                pool,
                StoreText.Named<JobKind>(kind),
                StoreText.Space(space, "job " + id),
                StoreText.Parse<MeasurementSettings>(settings),
                owner,
                (int)priority,
                source
            ),
            StoreText.Named<FleetJobState>(state),
            message,
            table_id,
            (int)total,
            StoreText.Time(created),
            StoreText.Time(updated)
        );

    /// <summary>The job and how its items stand.</summary>
    public JobLoad Load() => new(Read(), (int)(total - open), (int)leased, (int)(open - leased));
}
