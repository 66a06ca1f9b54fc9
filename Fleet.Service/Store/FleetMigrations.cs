using FasterSeg.Latency;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed.</summary>
internal static class FleetMigrations
{
    // Of PostgreSQL's advisory locks: whoever opens a database waits here for those that do so too.
    private const long Lock = 0x466C656574;

    /// <summary>Step i leads from version i to i + 1. Types are PostgreSQL's; <see cref="FleetDialect.Schema"/> translates them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        """
            -- Of jobs, tables, stints and leases: what came later has a higher number. No clock has a say in it.
            /*order*/

            CREATE TABLE pool (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                reference TEXT,
                seq BIGINT NOT NULL
            )/*strict*/;

            CREATE TABLE device (
                id TEXT PRIMARY KEY,
                pool TEXT NOT NULL REFERENCES pool (id),
                uuid TEXT NOT NULL,
                hello TEXT NOT NULL,
                wish TEXT NOT NULL,
                strikes BIGINT NOT NULL DEFAULT 0,
                aside TEXT,
                first_seen TEXT NOT NULL,
                last_seen TEXT NOT NULL
            )/*strict*/;
            CREATE INDEX device_of_pool ON device (pool, id);

            -- The JSON is compressed (gzip). Tables of one likeness are of one pool, space and identity.
            CREATE TABLE latency_table (
                id TEXT PRIMARY KEY,
                hash TEXT NOT NULL,
                pool TEXT NOT NULL REFERENCES pool (id),
                space TEXT,
                identity TEXT NOT NULL,
                likeness TEXT NOT NULL,
                entries BIGINT NOT NULL,
                failed BIGINT NOT NULL,
                loaded TEXT,
                created TEXT NOT NULL,
                seq BIGINT NOT NULL,
                json BYTEA NOT NULL
            )/*strict*/;
            CREATE UNIQUE INDEX latency_table_of_pool ON latency_table (pool, seq);
            CREATE INDEX latency_table_alike ON latency_table (likeness, seq);

            -- Jobs of one likeness are of one pool, kind, space and settings. Results of leases before the fence are forgotten ones.
            CREATE TABLE job (
                id TEXT PRIMARY KEY,
                pool TEXT NOT NULL REFERENCES pool (id),
                kind TEXT NOT NULL,
                space TEXT,
                settings TEXT NOT NULL,
                likeness TEXT NOT NULL,
                owner TEXT NOT NULL,
                priority BIGINT NOT NULL,
                source TEXT,
                state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
                message TEXT NOT NULL DEFAULT '',
                table_id TEXT REFERENCES latency_table (id),
                total BIGINT NOT NULL,
                fence BIGINT NOT NULL DEFAULT 0,
                sampled BIGINT NOT NULL DEFAULT 1,
                created TEXT NOT NULL,
                updated TEXT NOT NULL,
                seq BIGINT NOT NULL
            )/*strict*/;
            CREATE UNIQUE INDEX job_of_pool ON job (pool, seq);
            CREATE UNIQUE INDEX job_one_table ON job (likeness) WHERE state = 'running' AND kind = 'table';
            CREATE INDEX job_running ON job (pool, seq) WHERE state = 'running';
            CREATE INDEX job_alike ON job (likeness, seq);
            CREATE INDEX job_of_table ON job (table_id);

            -- An item's token and holder are its lease; with its entry it has none, and filled is the token of the lease that gave it.
            CREATE TABLE item (
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                position BIGINT NOT NULL,
                key TEXT NOT NULL,
                token BIGINT,
                holder TEXT,
                filled BIGINT,
                device TEXT,
                factor DOUBLE PRECISION NOT NULL DEFAULT 1,
                entry TEXT,
                samples BYTEA,
                PRIMARY KEY (job, position),
                CHECK ((entry IS NULL) = (filled IS NULL) AND (token IS NULL) = (holder IS NULL) AND (entry IS NULL OR token IS NULL))
            )/*strict*/;
            CREATE INDEX item_by_key ON item (job, key);
            CREATE INDEX item_open ON item (job, position) WHERE entry IS NULL;
            CREATE INDEX item_leased ON item (token) WHERE token IS NOT NULL;

            CREATE TABLE item_failure (
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                position BIGINT NOT NULL,
                device TEXT NOT NULL,
                token BIGINT NOT NULL,
                PRIMARY KEY (job, position, device)
            )/*strict*/;

            CREATE TABLE stint (
                token BIGINT PRIMARY KEY,
                job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                device TEXT NOT NULL,
                sentinel TEXT NOT NULL,
                loaded TEXT,
                seq BIGINT NOT NULL
            )/*strict*/;
            CREATE INDEX stint_of_job ON stint (job, seq);

            CREATE TABLE calibration (
                device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                way TEXT NOT NULL,
                key TEXT NOT NULL,
                entry TEXT NOT NULL,
                PRIMARY KEY (device, way, key)
            )/*strict*/;

            CREATE TABLE verdict (
                device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                way TEXT NOT NULL,
                reference TEXT NOT NULL,
                merged BIGINT NOT NULL,
                factor DOUBLE PRECISION NOT NULL,
                reason TEXT NOT NULL,
                sentinel TEXT NOT NULL,
                at TEXT NOT NULL,
                PRIMARY KEY (device, way)
            )/*strict*/;

            CREATE TABLE file (
                id TEXT PRIMARY KEY,
                length BIGINT NOT NULL,
                created TEXT NOT NULL
            )/*strict*/;
            CREATE TABLE file_piece (
                file TEXT NOT NULL REFERENCES file (id) ON DELETE CASCADE,
                number BIGINT NOT NULL,
                bytes BYTEA NOT NULL,
                PRIMARY KEY (file, number)
            )/*strict*/;
            """,
        // Orleans' membership: the nodes, and a version of the whole for each cluster.
        """
            CREATE TABLE cluster (
                id TEXT PRIMARY KEY,
                version BIGINT NOT NULL
            )/*strict*/;
            CREATE TABLE member (
                cluster TEXT NOT NULL REFERENCES cluster (id) ON DELETE CASCADE,
                silo TEXT NOT NULL,
                etag BIGINT NOT NULL,
                status BIGINT NOT NULL,
                host TEXT NOT NULL,
                name TEXT NOT NULL,
                role TEXT NOT NULL,
                proxy_port BIGINT NOT NULL,
                update_zone BIGINT NOT NULL,
                fault_zone BIGINT NOT NULL,
                suspecters TEXT NOT NULL,
                started TEXT NOT NULL,
                alive TEXT NOT NULL,
                PRIMARY KEY (cluster, silo)
            )/*strict*/;
            """,
        // Whether a failure has counted against its device.
        "ALTER TABLE item_failure ADD COLUMN struck BIGINT NOT NULL DEFAULT 0",
        // What one device holds: each that joins asks for it, and a dead node's devices all do so at a time.
        """
            CREATE INDEX item_held ON item (holder) WHERE holder IS NOT NULL;
            """,
        // Sweeps, whose chains are leased to agents. A beat is a sign of a lease's life. What ended a chain is the token that told so.
        """
            CREATE TABLE sweep (
                id TEXT PRIMARY KEY,
                mark TEXT NOT NULL,
                place TEXT NOT NULL,
                owner TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('open', 'withdrawn')),
                created TEXT NOT NULL,
                updated TEXT NOT NULL,
                seq BIGINT NOT NULL
            )/*strict*/;
            CREATE UNIQUE INDEX sweep_mark ON sweep (mark);

            CREATE TABLE chain (
                sweep TEXT NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
                position BIGINT NOT NULL,
                name TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed', 'refused')),
                token BIGINT,
                ask TEXT,
                agent TEXT NOT NULL DEFAULT '',
                beat BIGINT NOT NULL DEFAULT 0,
                ended BIGINT,
                latest TEXT NOT NULL DEFAULT '',
                images DOUBLE PRECISION NOT NULL DEFAULT 0,
                all_images DOUBLE PRECISION NOT NULL DEFAULT 0,
                message TEXT NOT NULL DEFAULT '',
                taken BIGINT NOT NULL DEFAULT 0,
                PRIMARY KEY (sweep, position),
                CHECK ((token IS NULL) = (state <> 'leased'))
            )/*strict*/;
            CREATE INDEX chain_waiting ON chain (sweep, position) WHERE state = 'waiting';
            CREATE INDEX chain_leased ON chain (token) WHERE token IS NOT NULL;
            CREATE INDEX chain_ended ON chain (ended) WHERE ended IS NOT NULL;
            """,
    ];

    /// <summary>Takes the steps that a database has not seen yet, all or none.</summary>
    /// <param name="turn">A transaction.</param>
    /// <param name="place">Names the database.</param>
    /// <returns>The version that it has now.</returns>
    /// <exception cref="UserErrorException">A newer build wrote it.</exception>
    public static async Task<int> ApplyAsync(StoreTurn turn, string place)
    {
        await turn.Dialect.LockAsync(turn, Lock);
        await turn.DoAsync(
            turn.Dialect.Schema("CREATE TABLE IF NOT EXISTS fleet_migration (version BIGINT PRIMARY KEY, applied TEXT NOT NULL)/*strict*/")
        );
        long version = await turn.NumberAsync("SELECT max(version) FROM fleet_migration") ?? 0;
        if (version > All.Count)
            throw new UserErrorException(
                $"The fleet's store ({place}) was written by a newer build (version {version}, this one knows {All.Count}): use that "
                    + "build, or name another with --store."
            );
        while (version < All.Count)
        {
            await turn.DoAsync(turn.Dialect.Schema(All[(int)version]));
            version++;
            await turn.DoAsync(
                "INSERT INTO fleet_migration (version, applied) VALUES (@version, @applied)",
                new { version, applied = StoreText.Of(DateTimeOffset.UtcNow) }
            );
        }
        return All.Count;
    }
}
