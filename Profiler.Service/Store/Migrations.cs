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
        // Of each row, over what it says and whose it is; null in rows from before. What the machine was like beside the sentinel.
        """
            ALTER TABLE measurement ADD COLUMN checksum BLOB;
            ALTER TABLE sentinel_reading ADD COLUMN checksum BLOB;
            ALTER TABLE sentinel_reading ADD COLUMN memory_ms REAL;
            ALTER TABLE sentinel_reading ADD COLUMN arithmetic_ms REAL;
            ALTER TABLE sentinel_reading ADD COLUMN busy REAL;

            -- What a device took for a source (the sentinel of a space, a piece of memory) in each job, the newest last.
            CREATE TABLE device_pace (
                id INTEGER PRIMARY KEY,
                device TEXT NOT NULL,
                source TEXT NOT NULL,
                at TEXT NOT NULL,
                ms REAL NOT NULL,
                loaded INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX device_pace_of_source ON device_pace (device, source, id);
            """,
    ];
}
