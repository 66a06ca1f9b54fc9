using System.Diagnostics;
using System.Text.Json;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

/// <summary>A real worker process, and what may happen to it.</summary>
public sealed class IsolatedMeasurerTests : RealWorkerTests
{
    // No interval is ever that narrow: it samples until it is stopped.
    private static readonly MeasurementSettings Endless = new()
    {
        RelativeHalfWidth = 1e-12,
        MinimumSamples = 10_000,
        MaximumSeconds = 500,
    };

    [Fact]
    public void One_worker_measures_operators_and_models()
    {
        IsolatedMeasurer measurer = Measurer();
        LatencyEntry entry = measurer.Measure(Small, Rough, Stop).Entry;
        Assert.Null(entry.Failure);
        Assert.True(entry.MedianMs > 0 && entry.Spread!.Samples >= 6);
        int? worker = measurer.WorkerId;
        ModelSessions model = Measure(measurer, askedBatch: 0, withSamples: true);
        Assert.Equal((2, "CPUExecutionProvider"), (model.Joined.Identity.BatchSize, Assert.Single(model.Joined.Placement.Nodes).Key));
        Assert.Equal(model.Joined.Spread.Samples, model.SamplesMs.Sum(session => session.Length));
        Assert.Equal(worker, measurer.WorkerId);
    }

    [Fact]
    public void A_model_that_cannot_be_measured_is_refused_and_the_worker_lives()
    {
        IsolatedMeasurer measurer = Measurer();
        measurer.Measure(Small, Rough, Stop);
        int? worker = measurer.WorkerId;
        var model = OperatorModel.Build(Small, batch: 2, seed: 1);
        model.Graph.Node[0].OpType = "NoSuchOperator";
        var refusal = Assert.Throws<ModelRefusedException>(() =>
            measurer.Measure(new UploadedModel(model.ToByteArray()), askedBatch: 0, Rough, withSamples: false, Stop)
        );
        Assert.Equal(RefusedPart.Model, refusal.Part);
        Assert.Contains("cannot load the model", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(worker, measurer.WorkerId);
    }

    [Fact]
    public void A_file_is_parsed_in_the_worker_and_refused_from_there()
    {
        IsolatedMeasurer measurer = Measurer();
        measurer.Measure(Small, Rough, Stop);
        int? worker = measurer.WorkerId;
        var refusal = Assert.Throws<ModelRefusedException>(() =>
            measurer.Measure(new UploadedModel(new byte[] { 1, 2, 3 }), askedBatch: 0, Rough, withSamples: false, Stop)
        );
        Assert.Equal(RefusedPart.File, refusal.Part);
        Assert.Contains("no whole ONNX file", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(worker, measurer.WorkerId);
    }

    [Fact]
    public void A_model_of_another_batch_than_asked_for_is_refused_for_that()
    {
        IsolatedMeasurer measurer = Measurer();
        var refusal = Assert.Throws<ModelRefusedException>(() => Measure(measurer, askedBatch: 3, withSamples: false));
        Assert.Equal(RefusedPart.BatchSize, refusal.Part);
        Assert.StartsWith("The model is made for a batch of 2, not 3: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_twice_costs_one_entry_and_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        IsolatedMeasurer measurer = Measurer();
        IOperatorMeasurer watched = Watched(measurer);
        Task<LatencyEntry> measuring = Task.Run(() => watched.Measure(Small, Endless, Stop).Entry, Stop);
        int? worker = null;
        for (int death = 0; death < 2; death++)
            worker = await KillAsync(measurer, butNot: worker);
        LatencyEntry entry = await measuring;
        Assert.StartsWith("The process that measured it ended (signal 9)", entry.Failure, StringComparison.Ordinal);
        Assert.Null(watched.Measure(Small, Rough, Stop).Entry.Failure);
        Assert.NotEqual(worker, measurer.WorkerId);
    }

    [Fact]
    public async Task A_worker_that_dies_is_told_from_one_that_refuses()
    {
        IsolatedMeasurer measurer = Measurer();
        Task<OperatorSession> measuring = Task.Run(() => measurer.Measure(Small, Endless, Stop), Stop);
        await KillAsync(measurer, butNot: null);
        OperatorSession session = await measuring;
        Assert.True(session.Interrupted);
        Assert.NotNull(session.Entry.Failure);
    }

    [Fact]
    public async Task A_worker_that_dies_once_costs_nothing()
    {
        IsolatedMeasurer measurer = Measurer();
        Task<LatencyEntry> measuring = Task.Run(
            () => Watched(measurer).Measure(Small, Endless with { MaximumSeconds = 2, MinimumSamples = 6 }, Stop).Entry,
            Stop
        );
        int? worker = await KillAsync(measurer, butNot: null);
        LatencyEntry entry = await measuring;
        Assert.Null(entry.Failure);
        Assert.NotEqual(worker, measurer.WorkerId);
    }

    [Fact]
    public void A_model_that_takes_too_long_is_ended()
    {
        IsolatedMeasurer measurer = Measurer(new WorkerLimits(BuildSeconds: 0.2, MeasuringSeconds: 600, MemoryBytes: long.MaxValue));
        LatencyEntry entry = measurer.Measure(new OperatorSpec(OperatorKind.Conv2x, 1024, 1024, 256, 256), Rough, Stop).Entry;
        Assert.StartsWith(
            "The process that measured it took longer than 0.2 s to build the model and was ended (--build-seconds of "
                + "fasterseg-profiler raises that limit",
            entry.Failure,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_time_to_measure_grows_with_what_one_run_takes()
    {
        // The fewest runs that a measurement needs take far longer than this.
        IsolatedMeasurer measurer = Measurer(new WorkerLimits(BuildSeconds: 600, MeasuringSeconds: 0.001, MemoryBytes: long.MaxValue));
        Assert.Null(measurer.Measure(new OperatorSpec(OperatorKind.Conv2x, 256, 256, 64, 64), Rough, Stop).Entry.Failure);
    }

    [Fact]
    public void A_failure_quotes_no_words_of_an_earlier_model()
    {
        IsolatedMeasurer measurer = Measurer(new WorkerLimits(BuildSeconds: 60, MeasuringSeconds: 60, MemoryBytes: 300 << 20));
        NodeProto secret = MadeModels.Node("Dropout", "x r", "y");
        secret.Name = "SECRET_LAYER_OF_CLIENT_A";
        ModelProto model = MadeModels.Model(
            [secret],
            [MadeModels.Value("x", "4 4"), MadeModels.Value("r", "")],
            [MadeModels.Value("y", "4 4")]
        );
        // ONNX Runtime names the layer on the worker's standard error, and the worker lives.
        Assert.Contains(
            secret.Name,
            Assert
                .Throws<ModelRefusedException>(() =>
                    measurer.Measure(
                        new UploadedModel(model.ToByteArray()),
                        askedBatch: 0,
                        Rough with
                        {
                            Seed = 1,
                        },
                        withSamples: false,
                        Stop
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.NotNull(measurer.WorkerId);
        string? failure = measurer.Measure(new OperatorSpec(OperatorKind.Conv2x, 1024, 1024, 128, 128), Rough, Stop).Entry.Failure;
        Assert.Contains("more than 300, and was ended", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Name, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_worker_computes_the_known_numbers() =>
        Assert.Matches("^right, 15 operators, largest difference ", Measurer().CheckNumbers(Stop));

    [Fact]
    public void The_worker_sees_no_secrets_and_has_a_temporary_folder_of_its_own()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Environment.SetEnvironmentVariable("FASTERSEG_PROFILER_KEY", "secret");
        Environment.SetEnvironmentVariable("SOMEBODYS_TOKEN", "secret");
        IsolatedMeasurer measurer = Measurer();
        measurer.Measure(Small, Rough, Stop);
        string[] environment = File.ReadAllText($"/proc/{measurer.WorkerId}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(environment, variable =>
            variable.Contains("secret", StringComparison.Ordinal) || variable.StartsWith("FASTERSEG", StringComparison.Ordinal)
        );
        string folder = Assert.Single(environment, variable => variable.StartsWith("TMPDIR=", StringComparison.Ordinal))[
            "TMPDIR=".Length..
        ];
        Assert.True(Directory.Exists(folder));
        measurer.Dispose();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void The_worker_has_given_up_its_rights_on_all_its_threads()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var log = new ListLogger<IsolatedMeasurer>();
        IsolatedMeasurer measurer = Measurer(log: log);
        measurer.Measure(Small, Rough, Stop);
        string told = Assert.Single(log.Lines, line => line.StartsWith("Worker gives up: ", StringComparison.Ordinal));
        Assert.Contains("core dumps", told, StringComparison.Ordinal);
        Assert.Equal(Landlock.Version > 0, told.Contains("writes outside of its folders", StringComparison.Ordinal));
        foreach (string thread in Directory.GetDirectories($"/proc/{measurer.WorkerId}/task"))
        {
            string status = File.ReadAllText(Path.Combine(thread, "status"));
            Assert.Contains("NoNewPrivs:\t1\n", status, StringComparison.Ordinal);
            // Root's too: nothing is left but, at most, to read.
            Assert.Matches("CapEff:\t000000000000000[04]\n", status);
        }
        string limits = File.ReadAllText($"/proc/{measurer.WorkerId}/limits");
        Assert.Matches("Max core file size +0 +0 ", limits);
        Assert.Matches("Max open files +1024 +1024 ", limits);
        Assert.Matches("Max file size +67108864 +67108864 ", limits);
    }

    [Fact]
    public void The_folders_of_its_caches_are_there_before_the_worker_may_write_in_them()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string root = Directory.CreateTempSubdirectory("fasterseg-caches-").FullName;
        try
        {
            string caches = Path.Combine(root, "not", "yet");
            IsolatedMeasurer measurer = Measurer(WorkerLimits.Default with { WritableFolders = [caches] });
            measurer.Measure(Small, Rough, Stop);
            Assert.True(Directory.Exists(caches));
            // Where nobody named a folder, it is one in the service's temporary folder and not in the worker's, which goes with the worker.
            Assert.Contains(
                JsonSerializer.Serialize(new EngineChoice().ResolveCachesFolder()),
                File.ReadAllText($"/proc/{measurer.WorkerId}/cmdline"),
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void A_worker_that_cannot_be_started_is_a_failure_with_a_reason()
    {
        // A file where a folder should be: nothing can be started with it.
        string file = Path.GetTempFileName();
        try
        {
            LatencyEntry entry = Measurer(WorkerLimits.Default with { WritableFolders = [file] }).Measure(Small, Rough, Stop).Entry;
            Assert.StartsWith("The process that measures cannot be started: ", entry.Failure, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_model_that_takes_too_much_memory_is_ended()
    {
        IsolatedMeasurer measurer = Measurer(new WorkerLimits(BuildSeconds: 600, MeasuringSeconds: 600, MemoryBytes: 300 << 20));
        LatencyEntry entry = measurer
            .Measure(new OperatorSpec(OperatorKind.Conv2x, 1024, 1024, 128, 128), Rough with { MaximumSeconds = 30 }, Stop)
            .Entry;
        Assert.Matches(
            "^The process that measured it took [0-9]+ MiB of memory, more than 300, and was ended \\(--worker-memory of "
                + "fasterseg-profiler raises that limit; FASTERSEG_SERVICE_WORKER_MEMORY does where",
            entry.Failure
        );
    }

    [Fact]
    public async Task Cancelling_ends_the_worker_in_the_middle_of_a_run()
    {
        IsolatedMeasurer measurer = Measurer();
        using var cancel = new CancellationTokenSource();
        Task<LatencyEntry> measuring = Task.Run(() => measurer.Measure(Small, Endless, cancel.Token).Entry, Stop);
        while (measurer.WorkerId is null)
            await Task.Delay(10, Stop);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measuring);
        Assert.Null(measurer.Measure(Small, Rough, Stop).Entry.Failure);
    }

    [Fact]
    public void The_worker_ends_with_its_service()
    {
        IsolatedMeasurer measurer = Measurer();
        measurer.Measure(Small, Rough, Stop);
        using Process worker = Process.GetProcessById(measurer.WorkerId!.Value);
        measurer.Dispose();
        Assert.True(worker.WaitForExit(TimeSpan.FromMinutes(5)));
    }

    /// <summary>With what decides on a second try.</summary>
    private static WatchedMeasurer Watched(IsolatedMeasurer measurer)
    {
        var health = new DeviceHealth(NullLogger<DeviceHealth>.Instance);
        return new(measurer, measurer, new DeviceProbe(measurer, health), health, NullLogger<WatchedMeasurer>.Instance);
    }

    /// <summary>Measures a model that is made for a batch of two.</summary>
    private static ModelSessions Measure(IsolatedMeasurer measurer, int askedBatch, bool withSamples) =>
        measurer.Measure(
            new UploadedModel(OperatorModel.Build(Small, batch: 2, seed: 1).ToByteArray()),
            askedBatch,
            Rough,
            withSamples,
            Stop
        );

    /// <summary>Waits for a worker and kills it.</summary>
    private static async Task<int?> KillAsync(IsolatedMeasurer measurer, int? butNot)
    {
        int? worker;
        while ((worker = measurer.WorkerId) is null || worker == butNot)
            await Task.Delay(10, Stop);
        using Process process = Process.GetProcessById(worker.Value);
        process.Kill();
        return worker;
    }
}
