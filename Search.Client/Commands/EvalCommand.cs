using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg eval</c>: how well a trained network segments.</summary>
public static class EvalCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(),
            role = RunOptions.Role(),
            data = RunOptions.Data(),
            device = RunOptions.Device();
        var split = new Option<string>("--split") { Description = "Which images.", DefaultValueFactory = _ => "val" };
        split.AcceptOnlyFromAmong("train", "val");
        var scales = new Option<string>("--scales")
        {
            HelpName = "LIST",
            Description = "Scales of each image whose predictions are averaged, e.g. 0.75,1,1.25.",
            DefaultValueFactory = _ => "1",
        };
        var mirror = new Option<bool>("--mirror") { Description = "Average with the prediction of the mirrored image." };
        var window = new Option<string?>("--window")
        {
            HelpName = "HxW",
            Description = "Predict overlapping windows of this size, e.g. 512x1024, instead of the whole image. Needs less memory.",
        };
        var size = new Option<string?>("--size")
        {
            HelpName = "HxW|own",
            Description =
                "Bring images to this size, e.g. 384x480, or leave them at their own. Default: the deployed size, which latency "
                + "belongs to. Figures of another size go to a file of their own.",
        };
        var measure = new Option<bool>("--measure") { Description = "Also measure the network's latency with the profiler." };
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "eval",
            "Evaluates a trained network: IoU of each class, mean IoU, pixel accuracy, and frames/s with --measure."
        )
        {
            run,
            role,
            data,
            split,
            device,
            scales,
            mirror,
            window,
            size,
            measure,
            profiler,
            json,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new EvalArguments(
                        parsed.GetRequiredValue(run),
                        RunOptions.Parse(parsed.GetRequiredValue(role)),
                        parsed.GetRequiredValue(data),
                        parsed.GetRequiredValue(split),
                        parsed.GetRequiredValue(device),
                        EvaluationMode.Parse(parsed.GetRequiredValue(scales), parsed.GetValue(mirror), parsed.GetValue(window)),
                        parsed.GetValue(size),
                        parsed.GetValue(measure),
                        parsed.GetValue(profiler),
                        parsed.GetValue(json)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Evaluates at one size and prints the figures beside those of the majority map.</summary>
    public static async Task<int> RunAsync(EvalArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        IAnsiConsole output = console;
        if (options.Json)
            console = ConsoleJson.Aside();
        RunFolder run = RunFolder.Open(options.Run);
        // The network is looked at as it was trained.
        FasterSegOptions configuration = ConfigurationLoader.Load(run.ConfigurationOf(options.Role));
        EvaluationMode mode = options.Mode.At(options.Size, configuration);
        bool measure = options.Measure || options.Profiler is not null;
        if (measure && mode.Size == EvaluationMode.OwnSize)
            throw new UsageException(
                $"--size is {options.Size}, and a latency is of one size: leave --measure and --profiler out, or name a size, such as "
                    + $"{EvaluationMode.SizeOf(configuration.Space.Height, configuration.Space.Width)}."
            );
        SegmentationDataset data = DatasetLocator.Open(options.Data, configuration.Data);
        KnownClasses.Require(run, configuration.Space, data, options.Data);
        Device device = TorchDevice.Open(options.Device, configuration.Threads, configuration.Kernels);
        if (File.Exists(run.Architecture(options.Role)))
            PhaseRoom.Require(mode, RunFile.Network(run, options.Role), device);
        if (ShortenedTraining.Load(run, options.Role) is { } shortened)
            console.WriteLine($"The {options.Role.Name()} is trained for {shortened}.");
        if (UnfinishedTraining.Load(run, options.Role) is { } unfinished)
            console.WriteLine($"The training of the {options.Role.Name()} is not finished: {unfinished} are behind it.");
        ConfusionMatrix confusion = await EvaluateAsync(run, options.Role, data, options.Split, mode, device, console, cancellationToken);
        string file = EvaluationOutcome.FileOf(run, options.Role, options.Split, mode, configuration);
        ConfusionMatrix? majority = EvaluationOutcome.Show(console, file, data, options.Split, mode, confusion, cancellationToken);
        if (measure)
            EvaluationReport.Save(
                file,
                data,
                confusion,
                mode,
                await MeasureAsync(options, mode, run, configuration, console, cancellationToken),
                majority
            );
        // What the run keeps is what there is to say.
        if (options.Json)
            output.Profile.Out.Writer.Write(await File.ReadAllTextAsync(file, cancellationToken));
        return ExitCodes.Done;
    }

    /// <summary>By the profiler and not by a stopwatch in here: of the network that is deployed, where it will run.</summary>
    private static async Task<ModelMeasurement> MeasureAsync(
        EvalArguments options,
        EvaluationMode mode,
        RunFolder run,
        FasterSegOptions configuration,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        DerivedArchitecture architecture = RunFile.Network(run, options.Role);
        using var network = new DerivedNetwork(architecture);
        NetworkPlan plan = NetworkPlan.Of(architecture, mode.Height, mode.Width);
        await using ProfilerConnection profiler = await Profilers.OpenAsync(options.Profiler, cancellation, say: console.WriteLine);
        ModelMeasurement measured = await NetworkLatency.MeasureAsync(network, plan, configuration.Measuring, profiler, cancellation);
        console.WriteLine(
            FormattableString.Invariant($"{plan.Height}x{plan.Width} on {measured.Identity.DeviceName} ({measured.Identity.Provider}): ")
                + FormattableString.Invariant(
                    $"{measured.MedianMs:F3} ms, {measured.FramesPerSecond:F1} frames/s{(measured.Noisy ? ", noisy" : "")}."
                )
        );
        return measured;
    }

    /// <summary>Counts a trained network's answers on a split, off the caller's thread.</summary>
    internal static Task<ConfusionMatrix> EvaluateAsync(
        RunFolder run,
        Role role,
        SegmentationDataset data,
        string split,
        EvaluationMode mode,
        Device device,
        IAnsiConsole console,
        CancellationToken cancellation
    ) => ProgressDisplay.RunAsync(console, run.EvaluationProgress, progress => Task.Run(
                () =>
                {
                    using DerivedNetwork network = TrainedNetwork.Load(run, role, device, out _);
                    return NetworkEvaluation.Run(network, data.Split(split), mode, device, progress, cancellation);
                },
                CancellationToken.None
            ));
}
