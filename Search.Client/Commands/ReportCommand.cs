using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg report</c>: a run on one HTML page.</summary>
public static class ReportCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(),
            output = CommonOptions.Out("The page, one HTML file."),
            device = RunOptions.Device();
        var data = new Option<string?>("--data")
        {
            HelpName = "KIND:DIR",
            Description = "Show the trained networks' predictions on some of these validation images, e.g. camvid:DIR or synthetic.",
        };
        var measure = new Option<bool>("--measure")
        {
            Description = "Measure both networks with the profiler first. The run keeps the figures.",
        };
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command(
            "report",
            "Puts a run on one HTML page: networks, table against measurement, evaluation, example predictions, curves."
        )
        {
            run,
            output,
            overwrite,
            data,
            measure,
            profiler,
            device,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new ReportArguments(
                        parsed.GetRequiredValue(run),
                        parsed.GetRequiredValue(output),
                        parsed.GetValue(data),
                        parsed.GetValue(measure),
                        parsed.GetValue(profiler),
                        parsed.GetRequiredValue(device),
                        parsed.GetValue(overwrite)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Writes the page, with what the run holds.</summary>
    public static async Task<int> RunAsync(ReportArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        RunFolder run = RunFolder.Open(options.Run);
        OutputFile.Require(options.Out, "--out", options.Overwrite, run.Files);
        OutputFile.RequirePage(options.Out, "--out");
        RunContents contents = RunContents.Read(run);
        SegmentationDataset? data = options.Data is null ? null : DatasetLocator.Open(options.Data, contents.Configuration.Data);
        if (data is not null)
            OutputFile.RequireNoInput([options.Out], "--out", data.Files);
        if (data is not null)
            KnownClasses.Require(run, contents.Configuration.Space, data, options.Data!);
        bool measure = options.Measure || options.Profiler is not null;
        if (measure)
            contents.RequireSound(RunPart.Networks, RunPart.Measurement);
        if (data is not null)
            contents.RequireSound(RunPart.Configuration);
        if (measure && (contents.Table is null || contents.Networks.Count == 0))
            throw new UserErrorException(
                $"{run.Path} has no {(contents.Table is null ? "latency table" : "derived network")} yet, so there is nothing to "
                    + "measure: leave --measure and --profiler out, or finish the search first."
            );

        if (data is not null || measure)
        {
            Device device = TorchDevice.Open(options.Device, contents.Configuration.Threads, contents.Configuration.Kernels);
            if (measure)
                await MeasureAsync(options.Profiler, contents, contents.Table!, console, cancellationToken);
            // What was measured just now is read again with the rest.
            contents = RunContents.Read(run);
            if (data is not null)
                contents.Examples = await Task.Run(() => Examples(contents, data, device, cancellationToken), cancellationToken);
            if (data is not null && contents.Examples.Count == 0)
                console.WriteLine("No network of the run is trained yet: the page has no predictions.");
        }
        RunPage.Save(contents, options.Out, DateTimeOffset.UtcNow);
        console.WriteLine($"The page is {options.Out}.");
        if (contents.Faults.Count > 0)
            throw new DamagedRunException(
                $"The page leaves out what cannot be read: {string.Join(" ", contents.Faults.Select(fault => fault.Sentence))}"
            );
        return ExitCodes.Done;
    }

    private static async Task MeasureAsync(
        ProfilerAddress? address,
        RunContents contents,
        LatencyTable table,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        await using ProfilerConnection profiler = await Profilers.OpenAsync(address, cancellation, say: console.WriteLine);
        var latency = new NetworkLatency(contents.Configuration, contents.Run, console);
        foreach (NetworkContents each in contents.Networks)
        {
            using var network = new DerivedNetwork(each.Plan.Architecture);
            await latency.ShowAsync(network, table, profiler, cancellation);
        }
    }

    // Columns of a panel: two fit a screen beside each other.
    private const int WidestPanel = 640;

    /// <summary>What the trained networks of a run answer on some validation images, those that lie evenly among them.</summary>
    internal static ExampleContents[] Examples(
        RunContents contents,
        SegmentationDataset data,
        Device device,
        CancellationToken cancellation
    )
    {
        Role[] trained = [.. new[] { Role.Student, Role.Teacher }.Where(role => contents.Run.TrainingCheckpoint(role).Exists)];
        if (trained.Length == 0)
            return [];
        Sample[] shown = [.. data.Split("val").Spread(ExamplePredictions.Count)];
        var panels = shown
            .Select(sample => new List<(string, RgbImage)>
            {
                ("image", Panel(sample.Image)),
                ("label", Panel(Overlay.Blend(sample.Image, sample.Label, data.Classes))),
            })
            .ToArray();
        foreach (Role role in trained)
        {
            using DerivedNetwork network = TrainedNetwork.Load(contents.Run, role, device, out _);
            var mode = EvaluationMode.Deployed(contents.OfTraining(role));
            for (int i = 0; i < shown.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                LabelMap prediction = ImagePrediction.Of(network, shown[i].Image, mode, device);
                panels[i].Add((role.Name(), Panel(Overlay.Blend(shown[i].Image, prediction, data.Classes))));
            }
        }
        return [.. shown.Zip(panels, (sample, pictures) => new ExampleContents(sample.Name, pictures, data.Classes))];
    }

    private static RgbImage Panel(RgbImage image)
    {
        int width = Math.Min(WidestPanel, image.Width);
        return image.Resize(Math.Max(1, image.Height * width / image.Width), width);
    }
}
