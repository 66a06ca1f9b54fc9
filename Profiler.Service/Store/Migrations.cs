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
        // Versions of a table differ in a few lines: a table is a list of lines that those of its kind (device and space) share. Rows whose
        // json is not empty are of earlier builds and are taken apart one by one (TableConversion). Order is by seq, never by a clock.
        """
            CREATE TABLE sequence (value INTEGER NOT NULL) STRICT;
            INSERT INTO sequence SELECT max(coalesce((SELECT max(rowid) FROM job), 0), coalesce((SELECT max(rowid) FROM latency_table), 0));

            CREATE TABLE table_kind (
                id INTEGER PRIMARY KEY,
                identity TEXT NOT NULL,
                space TEXT NOT NULL,
                UNIQUE (identity, space)
            ) STRICT;
            CREATE TABLE table_line (
                id INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL REFERENCES table_kind (id),
                hash BLOB NOT NULL,
                text BLOB NOT NULL,
                UNIQUE (kind, hash)
            ) STRICT;
            ALTER TABLE latency_table ADD COLUMN seq INTEGER;
            ALTER TABLE latency_table ADD COLUMN kind INTEGER REFERENCES table_kind (id);
            ALTER TABLE latency_table ADD COLUMN hash TEXT;
            ALTER TABLE latency_table ADD COLUMN entries INTEGER;
            ALTER TABLE latency_table ADD COLUMN measured INTEGER NOT NULL DEFAULT 0;
            -- Entries without a latency, and why the device was loaded: neither stands in for a sounder table.
            ALTER TABLE latency_table ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE latency_table ADD COLUMN loaded TEXT;
            ALTER TABLE latency_table ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE latency_table ADD COLUMN lines BLOB;
            ALTER TABLE latency_table ADD COLUMN digest BLOB;
            CREATE INDEX latency_table_by_seq ON latency_table (seq) WHERE seq IS NOT NULL;
            CREATE INDEX latency_table_newest ON latency_table (kind, measured, seq) WHERE seq IS NOT NULL;
            CREATE INDEX latency_table_earlier ON latency_table (damaged) WHERE seq IS NULL;

            -- JSON files of the store's folder, as they were seen last; their tables stay as long as they lie there.
            CREATE TABLE brought_file (
                name TEXT PRIMARY KEY,
                stamp TEXT NOT NULL,
                table_id TEXT NOT NULL
            ) STRICT;

            ALTER TABLE job ADD COLUMN seq INTEGER;
            ALTER TABLE job ADD COLUMN measured INTEGER;
            -- 1 where a finished job may still have measurements.
            ALTER TABLE job ADD COLUMN raw INTEGER NOT NULL DEFAULT 1;
            UPDATE job SET seq = rowid;
            CREATE UNIQUE INDEX job_by_seq ON job (seq);
            CREATE INDEX job_of_table ON job (table_id);
            CREATE INDEX job_unfinished ON job (space) WHERE state <> 'done';
            CREATE INDEX job_running ON job (seq) WHERE state = 'running';
            CREATE INDEX job_raw ON job (seq) WHERE state = 'done' AND raw = 1;
            """,
        // Whose a job is, and what a list of jobs says without going through their spaces.
        """
            ALTER TABLE job ADD COLUMN owner TEXT;
            ALTER TABLE job ADD COLUMN sessions INTEGER;
            """,
        // 1 where a JSON file brought it: it never stands before a table that was measured here.
        "ALTER TABLE latency_table ADD COLUMN brought INTEGER NOT NULL DEFAULT 0;",
        // What befell a job (JobEvent), over all services that ran it: its table tells of it.
        """
            CREATE TABLE job_event (
                job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                what TEXT NOT NULL,
                times INTEGER NOT NULL,
                PRIMARY KEY (job_id, what)
            ) STRICT;
            """,
        // The whole networks that a job measures at its end: its table's correction comes from them.
        """
            CREATE TABLE network_visit (
                job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                pass INTEGER NOT NULL,
                number INTEGER NOT NULL,
                network TEXT NOT NULL,
                median_ms REAL NOT NULL,
                drift REAL,
                seconds REAL NOT NULL,
                checksum BLOB NOT NULL,
                PRIMARY KEY (job_id, pass, number)
            ) STRICT;
            """,
        // How long a job waits for a device in quiet, seconds; null where nobody has said, and in jobs from before.
        "ALTER TABLE job ADD COLUMN quiet_seconds REAL;",
    ];
}
