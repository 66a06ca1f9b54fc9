using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>Successive halving on one device and on several at a time.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class HalvingTests : IDisposable
{
    private const string Several = "cpu,cpu";

    private static readonly string[] Results = ["halving-20.jsonl", "halving-40.jsonl", "student.json", "search.json", "parameters.json"];

    private readonly TemporaryFolder folder = new();
    private readonly RunFolder whole;

    public HalvingTests()
    {
        whole = RunFolder.Create(folder["whole"]);
        Start(whole, DeviceList.Own, new(), TestContext.Current.CancellationToken);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Two_trainings_at_a_time_give_the_results_of_one_after_the_other()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        var told = new List<double>();
        bool isTogether = false;
        var reporter = new ListeningReporter(
            (task, done) =>
            {
                told.Add(done);
                isTogether |= Directory.Exists(run.In("halving-20-2")) && Directory.Exists(run.In("halving-20-3"));
            }
        );
        Start(run, Several, reporter, TestContext.Current.CancellationToken);
        AssertSame(run);
        Assert.True(isTogether);
        Assert.Equal([1, 2, 3, 4, 5], told);
        Assert.Empty(Directory.EnumerateDirectories(run.Path, "halving*"));
    }

    [Fact]
    public async Task A_process_that_is_killed_is_started_again_and_the_second_time_it_is_told()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        var reporter = new ListeningReporter();
        Task killing = KillAsync(run, "halving-20-1", times: 1);
        Start(run, Several, reporter, TestContext.Current.CancellationToken);
        await killing;
        AssertSame(run);
        Assert.Contains(
            "The process that trains halving-20-1 on cpu was ended (code 137); it is started again, from its checkpoint.",
            reporter.Lines
        );

        RunFolder twice = RunFolder.Create(folder["twice"]);
        killing = KillAsync(twice, "halving-20-2", times: 2);
        var fault = Assert.Throws<UserErrorException>(() => Start(twice, Several, new(), TestContext.Current.CancellationToken));
        await killing;
        Assert.StartsWith(
            "The process that trains halving-20-2 on cpu was ended twice (code 137)",
            fault.Message,
            StringComparison.Ordinal
        );
        Start(twice, Several, new(), TestContext.Current.CancellationToken);
        AssertSame(twice);
    }

    [Theory]
    [InlineData(Several, Several), InlineData(Several, DeviceList.Own), InlineData(DeviceList.Own, Several)]
    public void An_interrupted_one_saves_all_its_trainings_and_goes_on_also_on_other_devices(string before, string after)
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (_, done) =>
            {
                if (done == 1)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(run, before, stopping, cancel.Token));
        Assert.Single(File.ReadLines(run.In("halving-20.jsonl")), line => line.Length > 0);
        if (before == Several)
            Assert.True(RunFolder.Open(run.In("halving-20-2")).TrainingCheckpoint(Latency.Networks.Role.Student).Exists);
        Start(run, after, new(), TestContext.Current.CancellationToken);
        AssertSame(run);
        Assert.Empty(Directory.EnumerateDirectories(run.Path, "halving*"));
    }

    [Fact]
    public void What_fails_in_a_process_is_told_in_its_words()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        var fault = Assert.Throws<UserErrorException>(() =>
            Start(run, Several, new(), TestContext.Current.CancellationToken, location: "folder:no-such-folder")
        );
        Assert.Equal(
            $"{run.In("halving-20-1")}, trained on cpu: The data folder 'no-such-folder' does not exist.",
            fault.Message.Replace("halving-20-2", "halving-20-1", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(2, "cpu", null), InlineData(1, "cpu,cpu,cuda:0", null)]
    [InlineData(1000, "cpu,cpu", "note: 2 trainings of 1000 threads each share")]
    public void Trainings_that_share_cores_are_advised_on_threads(int threads, string devices, string? expected)
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "One core has nothing to share.");
        string? advice = Finalist.Advice(DeviceList.Parse(devices), threads);
        Assert.Equal(expected is null, advice is null);
        Assert.StartsWith(expected ?? "", advice ?? "", StringComparison.Ordinal);
    }

    private void AssertSame(RunFolder run)
    {
        foreach (string file in Results)
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(run.In(file)));
    }

    /// <summary>Kills the process that trains in a folder, as soon as it does.</summary>
    private static async Task KillAsync(RunFolder run, string name, int times)
    {
        string note = LockOwner.Beside(Path.Combine(run.In(name), "run.lock"));
        var killed = new HashSet<int>();
        var end = Stopwatch.StartNew();
        while (killed.Count < times && end.Elapsed < TimeSpan.FromMinutes(3))
        {
            await Task.Delay(5);
            try
            {
                int id = File.Exists(note) ? int.Parse(File.ReadAllText(note).Split(' ')[1], null) : 0;
                if (id == 0 || id == Environment.ProcessId || killed.Contains(id))
                    continue;
                using var process = Process.GetProcessById(id);
                process.Kill();
                killed.Add(id);
            }
            catch (Exception fault)
                when (fault
                        is IOException
                            or ArgumentException
                            or FormatException
                            or IndexOutOfRangeException
                            or InvalidOperationException
                            or System.ComponentModel.Win32Exception
                )
            {
                // It is being written, or has ended.
            }
        }
    }

    private static void Start(
        RunFolder run,
        string devices,
        ListeningReporter reporter,
        CancellationToken cancellation,
        string location = "synthetic"
    )
    {
        FasterSegOptions options = TinySearch.Options();
        options.Searching.Method = SearchMethod.Random;
        (options.Halving.Finalists, options.Halving.Steps, options.Halving.Devices) = (3, 20, devices);
        options.Training.CheckpointSteps = 2;
        using var search = new RandomSearch(
            options,
            TinySearch.Data(options) with
            {
                Location = location,
            },
            TinySpace.Table(options.Space.ToSpace()),
            LatencyTarget.Parse(options.Searching.Target),
            run,
            CPU,
            new SearchHooks(reporter)
        );
        search.Run(cancellation);
    }
}
