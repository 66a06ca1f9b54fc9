using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines.Caches;

namespace FasterSeg.Profiler.Service.Tests.Engines.Caches;

public sealed class EngineCacheTests : IDisposable
{
    private static readonly TableIdentity Identity = new(
        "card",
        "GPU-1",
        "6.1",
        "580.65",
        "tensorrt",
        "1.17.3",
        "8.6.1",
        "8.9.7",
        "fp32",
        0,
        1,
        "median"
    );
    private static readonly Dictionary<string, string> Options = new() { ["a"] = "1", ["b"] = "2" };

    private readonly string root = Directory.CreateTempSubdirectory("fasterseg-caches-").FullName;
    private readonly SettableTime time = new();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_closed_folder_is_found_again_with_its_files()
    {
        EngineCache cache = Cache();
        Fill(cache, "one", 10);
        Assert.True(File.Exists(Path.Combine(cache.Open(Name("one")), "engine")));
    }

    [Fact]
    public void Another_fingerprint_never_reads_it()
    {
        EngineCache cache = Cache();
        Fill(cache, "one", 10);
        Assert.Empty(Directory.GetFileSystemEntries(cache.Open(Name("two"))));
    }

    [Fact]
    public void A_folder_that_was_not_closed_is_emptied()
    {
        EngineCache cache = Cache();
        File.WriteAllText(Path.Combine(cache.Open(Name("one")), "engine"), "half of it");
        Assert.Empty(Directory.GetFileSystemEntries(cache.Open(Name("one"))));
    }

    [Theory]
    [InlineData("engine", "another")]
    [InlineData("engine", null)]
    [InlineData("stranger", "new")]
    [InlineData("manifest.json", "{")]
    [InlineData("manifest.json", "{}")]
    public void A_damaged_folder_is_emptied(string file, string? content)
    {
        EngineCache cache = Cache();
        string path = Path.Combine(Fill(cache, "one", 10), file);
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllText(path, content);
        Assert.Empty(Directory.GetFileSystemEntries(cache.Open(Name("one"))));
    }

    [Fact]
    public void A_full_cache_loses_what_was_used_longest_ago()
    {
        EngineCache cache = Cache(limitBytes: 3000);
        Fill(cache, "one", 1000);
        Fill(cache, "two", 1000);
        time.Now = time.Now.AddMinutes(1);
        cache.Open(Name("one"));
        cache.Close(Name("one"));
        Fill(cache, "three", 1000);
        Assert.Equal(
            [true, false, true],
            ((string[])["one", "two", "three"]).Select(name => Directory.Exists(Path.Combine(root, Name(name))))
        );
    }

    [Fact]
    public void The_folder_in_use_stays_however_large()
    {
        EngineCache cache = Cache(limitBytes: 10);
        Assert.True(Directory.Exists(Fill(cache, "one", 1000)));
    }

    [Fact]
    public void What_is_not_ours_is_neither_counted_nor_removed()
    {
        string foreign = Path.Combine(root, "photos");
        Directory.CreateDirectory(foreign);
        File.WriteAllBytes(Path.Combine(foreign, "large"), new byte[100_000]);
        File.WriteAllBytes(Path.Combine(root, "file"), new byte[100_000]);
        EngineCache cache = Cache(limitBytes: 3000);
        Fill(cache, "one", 1000);
        Fill(cache, "two", 1000);
        Assert.True(Directory.Exists(Path.Combine(root, Name("one"))));
        Assert.True(File.Exists(Path.Combine(foreign, "large")) && File.Exists(Path.Combine(root, "file")));
    }

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("")]
    public void What_is_no_fingerprint_is_no_folder(string name) => Assert.Throws<ArgumentException>(() => Cache().Open(name));

    [Fact]
    public void A_folder_that_cannot_be_used_is_told_with_the_argument()
    {
        string file = Path.Combine(root, "file");
        File.WriteAllText(file, "");
        var fault = Assert.Throws<UserErrorException>(() => new EngineCache(file, 1000, time).Open(Name("one")));
        Assert.Contains("--caches", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fingerprint_is_the_same_for_the_same() =>
        Assert.Equal(Name("x"), EngineFingerprint.Of("x"u8, Identity, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }));

    [Fact]
    public void A_fingerprint_differs_with_whatever_an_engine_depends_on()
    {
        string[] all =
        [
            Name("x"),
            Name("y"),
            .. (
                (TableIdentity[])
                    [
                        Identity with
                        {
                            DeviceUuid = "GPU-2",
                        },
                        Identity with
                        {
                            ComputeCapability = "7.5",
                        },
                        Identity with
                        {
                            Driver = "580.66",
                        },
                        Identity with
                        {
                            Provider = "cuda",
                        },
                        Identity with
                        {
                            OnnxRuntime = "1.17.4",
                        },
                        Identity with
                        {
                            TensorRt = "8.6.2",
                        },
                        Identity with
                        {
                            Cudnn = null,
                        },
                        Identity with
                        {
                            Precision = "int8",
                        },
                    ]
            ).Select(identity => EngineFingerprint.Of("x"u8, identity, Options)),
            EngineFingerprint.Of("x"u8, Identity, new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" }),
            EngineFingerprint.Of("x"u8, Identity, new Dictionary<string, string> { ["a"] = "12", ["b"] = "" }),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void A_fingerprint_is_not_of_the_protocol() =>
        Assert.Equal(Name("x"), EngineFingerprint.Of("x"u8, Identity with { Protocol = "other" }, Options));

    private static string Name(string model) => EngineFingerprint.Of(System.Text.Encoding.UTF8.GetBytes(model), Identity, Options);

    private EngineCache Cache(long limitBytes = 1 << 20) => new(root, limitBytes, time);

    private string Fill(EngineCache cache, string model, int bytes)
    {
        time.Now = time.Now.AddMinutes(1);
        string folder = cache.Open(Name(model));
        File.WriteAllBytes(Path.Combine(folder, "engine"), new byte[bytes]);
        cache.Close(Name(model));
        return folder;
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
