using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using Grpc.Core;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public sealed class ProfilerCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeProfiler fake = null!;

    public async ValueTask InitializeAsync() => fake = await FakeProfiler.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Device_prints_what_the_profiler_measures_on()
    {
        fake.OnGetDevice = () =>
            new()
            {
                Device = new()
                {
                    Name = "Some [GPU]",
                    Driver = "580",
                    LogicalCores = 8,
                    MemoryBytes = 3L << 30,
                    Environment = { ["memory"] = "9 kB" },
                },
            };
        var (code, output, _) = await Shell.RunAsync("device", "--profiler", fake.Url);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches(@"device +Some \[GPU\]\n", output);
        Assert.Matches(@"device memory +3.0 GiB\n", output);
        Assert.Matches(@"machine memory +9 kB\n", output);
        string[] names = [.. output.Trim().Split('\n').Select(line => line.Split("  ")[0])];
        Assert.Equal(names.Distinct(), names);
        Assert.DoesNotContain("uuid", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_shows_progress_and_writes_the_table()
    {
        fake.Tables["t"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = async (_, stream, _) =>
        {
            await stream.WriteAsync(new() { Total = 3 });
            await stream.WriteAsync(
                new()
                {
                    Done = 3,
                    Total = 3,
                    TableId = "t",
                }
            );
        };
        string output = folder["t.json"];
        var (code, printed, error) = await Shell.RunAsync("profile", "--config", Config(), "--profiler", fake.Url, "--out", output);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("profile  0/3  0 %\nprofile  3/3  100 %\n", printed, StringComparison.Ordinal);
        Assert.Contains($"Table written to {output}.", printed, StringComparison.Ordinal);
        Assert.Equal(3, LatencyTableJson.Load(output).Entries.Count);
    }

    [Theory]
    [InlineData("--reuse", 0, true)]
    [InlineData("--reuse", 3, false)]
    [InlineData("--anew", 0, false)]
    public async Task A_table_that_is_measured_though_one_was_to_be_reused_says_so_once(string option, int done, bool says)
    {
        fake.Tables["t"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = async (_, stream, _) =>
        {
            for (int i = done; i <= 3; i++)
                await stream.WriteAsync(
                    new()
                    {
                        Done = i,
                        Total = 3,
                        TableId = i == 3 ? "t" : "",
                    }
                );
        };
        var (code, printed, error) = await Shell.RunAsync(
            width: 500,
            ["profile", "--config", Config(), "--profiler", fake.Url, "--out", folder["t.json"], option]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(says ? 2 : 1, printed.Split("No table is reused, since the profiler has no finished one").Length);
    }

    [Theory]
    [InlineData(true, false, "", true)]
    [InlineData(true, true, "", false)]
    [InlineData(true, false, "--no-networks", false)]
    [InlineData(false, false, "", false)]
    public async Task A_reused_table_without_the_networks_that_are_wanted_says_so(bool reuse, bool has, string more, bool says)
    {
        LatencyTable made = TestTables.Small;
        if (has)
            made = made.With(null, new Dictionary<string, string> { [LatencyTable.NetworksFact] = "12 random networks" });
        fake.Tables["t"] = LatencyTableJson.Serialize(made);
        fake.OnBuildTable = (_, stream, _) => stream.WriteAsync(new() { TableId = "t" });
        string[] options = [.. new[] { reuse ? "--reuse" : "", more }.Where(option => option.Length > 0)];
        var (code, printed, error) = await Shell.RunAsync(
            width: 500,
            ["profile", "--config", Config(), "--profiler", fake.Url, "--out", folder["t.json"], .. options]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(says, printed.Contains("This table was finished without whole networks, so ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Profile_with_a_budget_measures_a_share_and_predicts_the_rest_of_what_a_whole_table_has()
    {
        List<string> asked = AnswerMeasurements();
        string output = folder["t.json"];
        var (code, printed, error) = await Shell.RunAsync(
            "profile",
            "--config",
            Config(),
            "--profiler",
            fake.Url,
            "--budget",
            "0.2",
            "--out",
            output
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        LatencyTable table = LatencyTableJson.Load(output);
        OperatorSpec[] all = [.. table.Space!.Operators(full: true)];
        Assert.Equal(all.Select(spec => spec.ToString()), table.Entries.Select(entry => entry.Spec.ToString()));
        int measured = (int)Math.Ceiling(0.2 * all.Count(spec => !spec.IsZeroByDefinition));
        Assert.Equal(measured, asked.Distinct().Count());
        Assert.Equal(measured, table.Entries.Count(entry => entry.Origin == EntryOrigin.Measured));
        Assert.Matches(
            $@"{measured} operators measured, [0-9]+ predicted .* error: [0-9.]+ % in the median, .* [0-9]+ % for 95 of 100",
            printed
        );
        Assert.Matches(@"Predicted, not measured: [0-9]+ of [0-9]+ skip, [0-9]+ of [0-9]+ conv, ", printed);
        Assert.Contains("raise --budget; without it all", printed.Replace('\n', ' '), StringComparison.Ordinal);
        Assert.DoesNotContain("loaded device", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_with_a_budget_tells_of_a_loaded_device_as_a_whole_one_does()
    {
        AnswerMeasurements(loaded: "others used 75 % of the processors");
        string output = folder["t.json"];
        var (code, printed, _) = await Shell.RunAsync(
            width: 500,
            ["profile", "--config", Config(), "--profiler", fake.Url, "--budget", "24", "--out", output]
        );
        Assert.Equal(ExitCodes.Done, code);
        LatencyTable table = LatencyTableJson.Load(output);
        Assert.Equal("others used 75 % of the processors", table.Loaded);
        Assert.All(table.Entries, entry => Assert.Equal(entry.Origin == EntryOrigin.Measured, entry.Drifted));
        Assert.Contains(
            "The table was measured on a loaded device: others used 75 % of the processors.",
            printed,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Profile_with_another_devices_table_measures_a_few_and_predicts_the_rest_from_both()
    {
        List<string> asked = AnswerMeasurements();
        SearchSpace space = new(64, 64, 12, SearchSpace.PaperWidthRatios, 16, 3);
        // Everything takes twice as long there.
        LatencyTable old = new(
            new("old one", "o", null, null, "cpu", "1", null, null, "fp32", 1, 1, "p"),
            space,
            space
                .Operators(full: true)
                .Select(spec =>
                    spec.IsZeroByDefinition ? LatencyEntry.Defined(spec) : new LatencyEntry(spec, EntryOrigin.Measured, 2 * Ms(spec))
                ),
            DateTimeOffset.UnixEpoch
        );
        LatencyTableJson.Save(old, folder["old.json"]);
        string output = folder["t.json"];
        var (code, printed, error) = await Shell.RunAsync(
            width: 500,
            ["profile", "--config", Config(), "--profiler", fake.Url, "--budget", "24", "--from", folder["old.json"], "--out", output]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        LatencyTable table = LatencyTableJson.Load(output);
        Assert.Equal((24, "fake"), (asked.Distinct().Count(), table.Identity.DeviceName));
        Assert.Equal(24, table.Entries.Count(entry => entry.Origin == EntryOrigin.Measured));
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Predicted), entry =>
            Assert.InRange(entry.MedianMs / Ms(entry.Spec), 0.95, 1.05)
        );
        Assert.Equal($"old one, sha-256 {LatencyTableJson.HashOf(old)[..8]}...", table.Environment["predicted_from"]);
        Assert.Contains(
            $"24 operators measured, {table.Entries.Count(entry => entry.Origin == EntryOrigin.Predicted)} predicted from them "
                + $"and {folder["old.json"]}.",
            printed,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Profile_refuses_another_spaces_table_before_it_measures()
    {
        LatencyTableJson.Save(TestTables.Small, folder["old.json"]);
        var (code, _, error) = await Shell.RunAsync(
            "profile",
            "--config",
            Config(),
            "--profiler",
            fake.Url,
            "--budget",
            "24",
            "--from",
            folder["old.json"],
            "--out",
            folder["t.json"]
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Matches(
            $@"old.json lacks [0-9]+ of the [0-9]+ operators of the space 64x64.*It was made for {TestTables.Space}\."
                + ".*half of the budget, 12:",
            error
        );
        Assert.False(File.Exists(folder["t.json"]));
    }

    [Fact]
    public async Task Profile_with_another_devices_table_and_no_budget_is_wrong_usage()
    {
        var (code, _, error) = await Shell.RunAsync(
            "profile",
            "--config",
            Config(),
            "--profiler",
            fake.Url,
            "--from",
            folder["old.json"],
            "--out",
            folder["t.json"]
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("say how many with --budget", error, StringComparison.Ordinal);
    }

    [Theory]
    [
        InlineData("-3", "--budget is -3: name a share"),
        InlineData("NaN", "--budget is NaN: name a share"),
        InlineData("36.5", "--budget is 36.5: name a share")
    ]
    [
        InlineData("0", "--budget is 0: name a share"),
        InlineData("1.5", "--budget is 1.5: name a share"),
        InlineData("0.5 --reuse", "--budget builds a table anew"),
        InlineData("0.5 --anew", "--budget measures anew each time")
    ]
    public async Task Profile_says_what_is_wrong_with_a_budget(string options, string expected)
    {
        var (code, _, error) = await Shell.RunAsync([
            "profile",
            "--config",
            Config(),
            "--profiler",
            fake.Url,
            "--out",
            folder["t.json"],
            "--budget",
            .. options.Split(' '),
        ]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_leaves_no_file_where_it_fails()
    {
        fake.OnBuildTable = (_, _, _) => throw new RpcException(new(StatusCode.Internal, "out of memory"));
        var (code, _, error) = await Shell.RunAsync("profile", "--config", Config(), "--profiler", fake.Url, "--out", folder["t.json"]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("out of memory", error, StringComparison.Ordinal);
        Assert.Equal([folder["c.json"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Measure_prints_latency_confidence_placement_and_frames()
    {
        fake.OnMeasureModel = async stream =>
        {
            await foreach (var _ in stream.ReadAllAsync()) { }
            return new()
            {
                Statistics = new()
                {
                    MedianMs = 12.5,
                    ConfidenceLowMs = 12.4,
                    ConfidenceHighMs = 12.6,
                    Samples = 31,
                },
                Placement =
                {
                    new Protos.Profiler.V1.NodePlacement { Provider = "CPUExecutionProvider", Nodes = 7 },
                },
                Identity = new() { DeviceName = "fake", Threads = 2 },
            };
        };
        var (code, output, _) = await Shell.RunAsync("measure", "--onnx", folder.Write("n.onnx", "bytes"), "--profiler", fake.Url);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches(@"latency +12.500 ms \(median\), 80.0 frames/s\n", output);
        Assert.Matches(@"95 % confidence +12.400 to 12.600 ms\n", output);
        Assert.Matches(@"samples +31\n", output);
        Assert.Matches(@"nodes ran on +CPUExecutionProvider \(7\)\n", output);
    }

    [Fact]
    public async Task Measure_counts_all_frames_of_a_batch_and_sends_the_shapes()
    {
        var shapes = new List<Protos.Profiler.V1.InputShape>();
        fake.OnMeasureModel = async stream =>
        {
            await foreach (var part in stream.ReadAllAsync())
                shapes.AddRange(part.Options?.Shapes ?? []);
            return new()
            {
                Statistics = new() { MedianMs = 20 },
                Identity = new()
                {
                    DeviceName = "fake",
                    Threads = 1,
                    BatchSize = 8,
                },
            };
        };
        var (code, output, _) = await Shell.RunAsync(
            "measure",
            "--onnx",
            folder.Write("n.onnx", "bytes"),
            "--profiler",
            fake.Url,
            "--shape",
            "input:0=8x3x512x1024",
            "--shape",
            "a=b=scalar"
        );
        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches(@"latency +20.000 ms \(median\), 400.0 frames/s \(batch of 8\)\n", output);
        Assert.Equal(
            ["input:0 8 3 512 1024", "a=b"],
            shapes.Select(shape =>
                string.Join(
                    ' ',
                    shape.Sides.Select(side => side.ToString(System.Globalization.CultureInfo.InvariantCulture)).Prepend(shape.Name)
                )
            )
        );
    }

    [Theory]
    [
        InlineData("1x3x512x1024", "'1x3x512x1024' is no shape"),
        InlineData("x=", "'x=' is no shape"),
        InlineData("x=1x0", "'x=1x0' is no shape"),
        InlineData("x=1xN", "'x=1xN' is no shape"),
        InlineData("=1", "'=1' is no shape")
    ]
    public async Task Measure_says_what_is_wrong_with_a_shape(string shape, string expected)
    {
        var (code, _, error) = await Shell.RunAsync(
            "measure",
            "--onnx",
            folder.Write("n.onnx", "bytes"),
            "--profiler",
            fake.Url,
            "--shape",
            shape
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static double Ms(OperatorSpec spec) => 1e-6 * spec.Height * spec.Width * spec.OutChannels;

    /// <summary>The profiler measures whatever it is asked for.</summary>
    /// <returns>The keys, as they are asked for.</returns>
    private List<string> AnswerMeasurements(string loaded = "")
    {
        var asked = new List<string>();
        fake.OnMeasureOperators = async (request, stream) =>
        {
            foreach (string key in request.Keys)
            {
                asked.Add(key);
                OperatorSpec spec = OperatorKey.Parse(key);
                double ms = Ms(spec);
                await stream.WriteAsync(
                    new()
                    {
                        Key = key,
                        Statistics = TableAnswers.Statistics(ms, samples: 15),
                        Loaded = key == request.Keys[^1] ? loaded : "",
                        Identity = new()
                        {
                            DeviceName = "fake",
                            DeviceUuid = "f",
                            Provider = Protos.Profiler.V1.ExecutionProvider.Cpu,
                            Precision = Protos.Profiler.V1.Precision.Fp32,
                            BatchSize = 1,
                            Protocol = "p",
                        },
                    }
                );
            }
        };
        return asked;
    }

    private string Config() => folder.Write("c.json", """{ "space": { "height": 64, "width": 64, "classes": 3 } }""");
}
