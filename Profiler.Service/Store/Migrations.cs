namespace FasterSeg.Profiler.Service.Store;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed.</summary>
internal static class Migrations
{
    /// <summary>Step i leads from version i to i + 1.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        """
            CREATE TABLE latency_table (
                id TEXT PRIMARY KEY,
                created TEXT NOT NULL,
                json BLOB NOT NULL
            ) STRICT;

            CREATE TABLE job (
                id TEXT PRIMARY KEY,
                space TEXT NOT NULL,
                settings TEXT NOT NULL,
                identity TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
                message TEXT NOT NULL DEFAULT '',
                table_id TEXT REFERENCES latency_table (id),
                created TEXT NOT NULL,
                updated TEXT NOT NULL
            ) STRICT;

            -- Measurements as they come. Pass 0 measures everything once; later ones repair what a drift touched.
            CREATE TABLE measurement (
                job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                pass INTEGER NOT NULL,
                key TEXT NOT NULL,
                entry TEXT NOT NULL,
                PRIMARY KEY (job_id, pass, key)
            ) STRICT;

            CREATE TABLE sentinel_reading (
                job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                pass INTEGER NOT NULL,
                position INTEGER NOT NULL,
                median_ms REAL NOT NULL
            ) STRICT;
            CREATE INDEX sentinel_reading_of_job ON sentinel_reading (job_id, pass);
            """,
        // The raw samples: 32-bit floats, little-endian, ms, in the order they were taken. A pass is a round of sessions from here on.
        "ALTER TABLE measurement ADD COLUMN samples BLOB;",
        """
            CREATE TABLE device (
                uuid TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                identity TEXT NOT NULL,
                first_seen TEXT NOT NULL,
                last_seen TEXT NOT NULL
            ) STRICT;
            """,
        // Whose a job is, and what a list of jobs says without going through their spaces.
        """
            ALTER TABLE job ADD COLUMN owner TEXT;
            ALTER TABLE job ADD COLUMN sessions INTEGER;
            """,
    ];
}
