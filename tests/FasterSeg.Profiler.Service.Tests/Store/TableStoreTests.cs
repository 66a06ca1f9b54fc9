using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

public sealed class TableStoreTests : IDisposable
{
    private static readonly SearchSpace Space = SearchSpace.Paper(256, 512);
    private static readonly TableIdentity Identity = new(
        "cpu",
        "CPU-1",
        null,
        null,
        "cpu",
        "1.31.1",
        null,
        null,
        "fp32",
        1,
        1,
        "median-v1"
    );

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-store-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_table_is_there_afterwards_and_in_the_next_store()
    {
        StoredTable saved = Open().Save(Table(1.5));
        Assert.Equal(saved.Hash[..12], saved.Id);
        StoredTable found = Assert.IsType<StoredTable>(Open().Find(saved.Id));
        Assert.Equal(saved.Hash, found.Hash);
        Assert.Equal(1.5, found.Table.Entries[0].MedianMs);
    }

    [Fact]
    public void A_table_whose_note_fails_is_not_kept()
    {
        TableStore store = Open();
        Assert.Throws<InvalidOperationException>(() => store.Save(Table(1.5), (_, _) => throw new InvalidOperationException()));
        Assert.Empty(store.List());
        Assert.Empty(Open().List());
    }

    [Fact]
    public void A_file_in_the_folder_joins_the_tables()
    {
        LatencyTableJson.Save(Table(1.5), Path.Combine(folder, "brought.json"));
        TableHeader brought = Assert.Single(Open().List());
        File.Delete(Path.Combine(folder, "brought.json"));
        Assert.Equal(brought.Hash, Assert.Single(Open().List()).Hash);
        Assert.Equal(LatencyTableJson.Serialize(Table(1.5)), Open().Json(brought.Id));
    }

    [Fact]
    public void A_table_with_predictions_is_kept_and_never_taken_for_a_measured_one()
    {
        LatencyTable measured = Table(1.5);
        var predicted = new LatencyTable(
            measured.Identity,
            measured.Space,
            [measured.Entries[0] with { Origin = EntryOrigin.Predicted, Spread = null, Bounds = new(1, 2) }],
            measured.Created.AddDays(1)
        );
        LatencyTableJson.Save(predicted, Path.Combine(folder, "predicted.json"));
        TableStore store = Open();
        Assert.Equal(LatencyTableJson.Serialize(predicted), store.Json(Assert.Single(store.List()).Id));
        Assert.Null(store.FindNewest(measured.Space!, measured.Identity));
        StoredTable saved = store.Save(measured);
        Assert.Equal(saved.Id, store.FindNewest(measured.Space!, measured.Identity)?.Id);
    }

    [Fact]
    public void A_corrected_table_is_kept_as_it_is_and_is_a_measured_one()
    {
        LatencyTable corrected = Table(1.5).With(new LatencyCorrection(0.9, 0, 0, 0, Networks: 30, Deviation: 0.01));
        LatencyTableJson.Save(corrected, Path.Combine(folder, "corrected.json"));
        TableStore store = Open();
        Assert.Equal(LatencyTableJson.Serialize(corrected), store.Json(Assert.Single(store.List()).Id));
        Assert.Equal(store.List()[0].Id, store.FindNewest(corrected.Space!, corrected.Identity)!.Id);
    }

    [Fact]
    public void Damaged_files_are_skipped_and_left_alone()
    {
        string sound = Path.Combine(folder, "sound.json");
        LatencyTableJson.Save(Table(1.5), sound);
        string id = Open().List()[0].Id;
        File.WriteAllBytes(Path.Combine(folder, "truncated.json"), File.ReadAllBytes(sound)[..200]);
        File.WriteAllText(Path.Combine(folder, "edited.json"), File.ReadAllText(sound).Replace("1.5", "0.5", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(folder, "noise.json"), [0, 255, 3]);
        File.WriteAllText(Path.Combine(folder, "half.json.abc.new"), "{");
        Assert.Equal([id], Open().List().Select(stored => stored.Id));
        Assert.Equal(
            5,
            Directory.EnumerateFiles(folder).Count(path => !Path.GetFileName(path).StartsWith("profiler.db", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void The_newest_table_of_a_space_and_identity_is_the_last_kept_whatever_the_clock_said()
    {
        TableStore store = Open();
        store.Save(Table(1, hour: 1));
        store.Save(Table(2, hour: 3));
        StoredTable newest = store.Save(Table(3, hour: 2));
        store.Save(new LatencyTable(Identity with { Threads = 2 }, Space, Table(4).Entries, Hour(4)));
        store.Save(new LatencyTable(Identity, SearchSpace.Paper(), Table(4).Entries, Hour(4)));
        Assert.Equal(newest.Id, store.FindNewest(SearchSpace.Paper(256, 512), Identity)?.Id);
        Assert.Null(store.FindNewest(Space, Identity with { Protocol = "other" }));
        Assert.Equal(5, store.List().Count);
    }

    [Fact]
    public void A_whole_table_of_a_quiet_device_comes_before_newer_ones_that_are_not()
    {
        TableStore store = Open();
        LatencyEntry[] holed = [LatencyEntry.Failed(Table(1).Entries[0].Spec, "killed")];
        StoredTable hole = store.Save(new LatencyTable(Identity, Space, holed, Hour(9)));
        Assert.Equal((hole.Id, 1), (store.FindNewest(Space, Identity)?.Id, store.FindNewest(Space, Identity)?.Failed));
        var told = new Dictionary<string, string> { [LatencyTable.LoadedFact] = "the sentinel took 1.2 times what it takes in quiet" };
        StoredTable loaded = store.Save(new LatencyTable(Identity, Space, Table(2).Entries, Hour(5), told));
        Assert.Equal(loaded.Id, store.FindNewest(Space, Identity)?.Id);
        StoredTable sound = store.Save(Table(1, hour: 1));
        Assert.Equal(sound.Id, store.FindNewest(Space, Identity)?.Id);
        Assert.Equal([0, 0, 1], Open().List().Select(header => header.Failed).Order());
        Assert.Equal(told.Values, Open().List().Select(header => header.Loaded).OfType<string>());
    }

    [Fact]
    public void An_unknown_id_is_not_found() => Assert.Null(Open().Find("000000000000"));

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_in_a_sentence()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var fault = Assert.Throws<UserErrorException>(() =>
            new ProfilerDatabase(Path.Combine(file, "tables"), NullLogger<ProfilerDatabase>.Instance)
        );
        Assert.Contains("--store", fault.Message, StringComparison.Ordinal);
    }

    private TableStore Open() => new(new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance), NullLogger<TableStore>.Instance);

    private static LatencyTable Table(double ms, int hour = 1) =>
        new(
            Identity,
            Space,
            [new(new(OperatorKind.Conv, 32, 64, 48, 48), EntryOrigin.Measured, ms, new(ms, 0, ms, ms, ms, ms, ms, ms, 15))],
            Hour(hour)
        );

    private static DateTimeOffset Hour(int hour) => new(2026, 1, 1, hour, 0, 0, TimeSpan.Zero);
}
