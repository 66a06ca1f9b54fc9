using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>A job's row as the database gives it; named as the columns are.</summary>
internal sealed record JobLine(
    string id,
    string pool,
    string kind,
    string? space,
    string settings,
    string owner,
    long priority,
    string? source,
    string state,
    string message,
    string? table_id,
    long total,
    string created,
    string updated,
    long open,
    long leased
)
{
    private const string Own =
        "j.id, j.pool, j.kind, j.space, j.settings, j.owner, j.priority, j.source, j.state, j.message, j.table_id, j.total, j.created, "
        + "j.updated";

    /// <summary>The columns of a <c>job j</c>, without how its items stand.</summary>
    public const string Columns = Own + ", CAST(0 AS BIGINT) AS open, CAST(0 AS BIGINT) AS leased";

    /// <summary>The columns of a <c>job j</c>, with how its items stand.</summary>
    public const string LoadColumns =
        Own
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
