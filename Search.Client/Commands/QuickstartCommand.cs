using System.CommandLine;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Export;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg quickstart</c>: the whole chain at a small scale on this machine, from an empty folder to a measured
/// network.</summary>
public static class QuickstartCommand
{
    private const string DataLocation = "synthetic",
        Picture = "prediction.png",
        Page = "report.html";

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var output = new Option<string>("--out")
        {
            HelpName = "DIR",
            DefaultValueFactory = _ => FreeFolder(),
            Description = "The run's folder. Default: a new one under runs.",
        };
        Option<string[]> set = CommonOptions.Set();
        var command = new Command(
            "quickstart",
            "Runs the whole chain, small, on this machine, in minutes: measure, search, derive, train, export, measure again."
        )
        {
            output,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(new QuickstartArguments(parsed.GetRequiredValue(output), parsed.GetValue(set) ?? []), console, token)
        );
        return command;
    }

    /// <summary>Runs the chain.</summary>
    public static async Task<int> RunAsync(QuickstartArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        FasterSegOptions configuration = ConfigurationLoader.Load(
            Path.Combine(AppContext.BaseDirectory, "configs", "quickstart.json"),
            options.Set
        );
        SegmentationDataset data = DatasetLocator.Open(DataLocation, configuration.Data);
        data.RequireClasses(configuration.Space);
        var torch = TorchDevice.Open("cpu", configuration.Threads, configuration.Kernels);
        RunFolder.RequireNew(options.Out, Picture, Page, "teacher.onnx", "student.onnx");
        RunFolder run = RunFolder.Create(options.Out);

        Heading(console, "1. Measure every operator of the search space on this machine");
        await using ProfilerConnection profiler = await Profilers.OpenAsync(null, cancellationToken, say: console.WriteLine);
        LatencyTable table = await WorkingTable.MeasureAsync(profiler, configuration, console, cancellationToken);
        LatencyTableJson.Save(table, run.Table);
        configuration.Machine = MachineOptions.Here();
        ConfigurationLoader.Save(configuration, run.Configuration);
        DataCheckCommand.Keep(check: null, data, run);

        Heading(console, "2. Search a teacher and a student together (synthetic street scenes)");
        IReadOnlyList<RoleChoice> choices = await new SearchWorkflow(configuration, data, run, torch, console).RunAsync(
            table,
            cancellationToken
        );

        Heading(console, "3. Train both networks from scratch, the student with its teacher");
        foreach (Role role in new[] { Role.Teacher, Role.Student })
            await TrainCommand.TrainAsync(configuration, data, run, role, torch, resume: false, console, cancellationToken);

        Heading(console, "4. Export both, and measure them whole against the table's estimate");
        var latency = new NetworkLatency(configuration, run, console);
        foreach (RoleChoice choice in choices)
        {
            using DerivedNetwork network = new TrainingCheckpoint(run.TrainingCheckpoint(choice.Role)).LoadNetwork(torch, out int epochs);
            await latency.ShowAsync(network, table, profiler, cancellationToken);
            NetworkPlan plan = NetworkPlan.Of(network.Architecture, configuration.Space.Height, configuration.Space.Width);
            NetworkFacts facts = ExportedFacts.Of(run, configuration, plan, ExportForm.Plain, data: null, epochs, console.WriteLine);
            NetworkExporter.Export(network, plan, run.Onnx(choice.Role), ExportForm.Plain, facts);
        }

        Heading(console, "5. Look at a prediction");
        ConfusionMatrix confusion = await EvalCommand.EvaluateAsync(
            run,
            Role.Student,
            data,
            "val",
            EvaluationMode.Plain,
            torch,
            console,
            cancellationToken
        );
        EvaluationOutcome.Show(console, run, Role.Student, data, "val", EvaluationMode.Plain, confusion, cancellationToken);
        string picture = WritePicture(run, data, torch),
            page = run.In(Page);
        RunContents contents = RunContents.Read(run);
        contents.Examples = ReportCommand.Examples(contents, data, torch, cancellationToken);
        RunPage.Save(contents, page, DateTimeOffset.UtcNow);
        FactList.Write(
            console,
            ("run folder", Path.GetFullPath(run.Path)),
            ("latency table", run.Table),
            ("architectures", $"{run.Architecture(Role.Teacher)}, {run.Architecture(Role.Student)}"),
            ("networks", $"{run.Onnx(Role.Teacher)}, {run.Onnx(Role.Student)}"),
            ("image, label, prediction", picture),
            ("all of it on a page", page)
        );
        return ExitCodes.Done;
    }

    private static string WritePicture(RunFolder run, SegmentationDataset data, TorchSharp.torch.Device device)
    {
        using DerivedNetwork student = new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).LoadNetwork(device, out _);
        Sample sample = data.Split("val").Load(0);
        string path = run.In(Picture);
        Overlay.WriteSideBySide(
            path,
            sample.Image,
            sample.Label,
            ImagePrediction.Of(student, sample.Image, EvaluationMode.Plain, device),
            data.Classes
        );
        return path;
    }

    private static string FreeFolder() =>
        Enumerable.Range(1, int.MaxValue).Select(i => Path.Combine("runs", $"quickstart-{i}")).First(path => !Directory.Exists(path));

    private static void Heading(IAnsiConsole console, string text)
    {
        console.WriteLine();
        console.WriteLine(text);
    }
}
