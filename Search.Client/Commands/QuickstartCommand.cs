using System.CommandLine;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Checking;
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
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "The run's folder. Default: a new one under runs; with --resume the newest one there.",
        };
        Option<bool> resume = RunOptions.Resume();
        Option<string[]> set = CommonOptions.Set();
        var command = new Command(
            "quickstart",
            "Runs the whole chain, small, on this machine, in minutes: measure, search, derive, train, export, measure again."
        )
        {
            output,
            resume,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new QuickstartArguments(parsed.GetValue(output), parsed.GetValue(set) ?? [], parsed.GetValue(resume)),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Runs the chain.</summary>
    public static Task<int> RunAsync(QuickstartArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        string path = options.Out ?? (options.Resume ? QuickstartFolders.Newest() : QuickstartFolders.Free());
        return InterruptedException.Say(
            () => RunAsync(options, path, console, cancellationToken),
            () =>
                Suggestion.Of([
                    "quickstart",
                    "--out",
                    path,
                    .. RunFolder.Exists(path) ? ["--resume"] : Suggestion.Options("--set", options.Set),
                ])
        );
    }

    private static async Task<int> RunAsync(
        QuickstartArguments options,
        string path,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        Role[] roles = [Role.Teacher, Role.Student];
        // Before its table is there nothing is kept in the folder, and to go on is to begin.
        RunFolder? resumed = options.Resume && RunFolder.Exists(path) ? RunFolder.Open(path) : null;
        FasterSegOptions configuration = ConfigurationLoader.Load(
            resumed?.Configuration ?? Path.Combine(AppContext.BaseDirectory, "configs", "quickstart.json"),
            options.Set
        );
        SegmentationDataset data = DatasetLocator.Open(DataLocation, configuration.Data);
        data.RequireClasses(configuration.Space);
        if (resumed is not null)
        {
            RunImages.RequireSame(resumed, RunImages.Search, data, DataLocation);
            ChangedSettings.Require(resumed, ConfigurationLoader.Load(resumed.Configuration), configuration, console);
        }
        var torch = TorchDevice.Open("cpu", configuration.Threads, configuration.Kernels);
        string[] more = [Picture, Page, "teacher.onnx", "student.onnx"];
        if (resumed is null)
            RunFolder.RequireNew(path, more);
        if (configuration.Searching.Method == SearchMethod.Oneshot)
            QuickstartFront.Require(path, resumed);

        Heading(console, "1. Measure every operator of the search space on this machine");
        await using ProfilerConnection profiler = await Profilers.HostAsync(console.WriteLine, cancellationToken);
        LatencyTable table = resumed is null
            ? await WorkingTable.MeasureAsync(profiler, configuration, console, cancellationToken)
            : RunFile.Table(resumed);
        if (resumed is null)
            ReachableLatencies.Require(configuration.Searching.Target, configuration.Space.ToSpace(), table, configuration.Seed);
        else
            console.WriteLine($"The table is in {resumed.Table} already.");
        configuration.Machine = MachineOptions.Here();
        using NewRun? begun = resumed is null ? NewRun.Begin(path, folder => LatencyTableJson.Save(table, folder.Table), more) : null;
        RunFolder run = resumed ?? begun!.Folder;
        using (resumed is null ? null : RunLock.Take(run))
            ConfigurationLoader.Save(configuration, run.Configuration);
        RunImages.Keep(run, RunImages.Search, data);
        DataCheckCommand.Keep(check: null, data, run);

        Heading(console, "2. Search a teacher and a student together (synthetic street scenes)");
        if (File.Exists(run.SearchResult) && roles.All(role => File.Exists(run.Architecture(role))))
        {
            console.WriteLine($"Both networks are in {run.Path} already.");
        }
        else
        {
            var workflow = new SearchWorkflow(configuration, data, run, torch, console) { Resume = options.Resume };
            StudentBand.Tell(console, await workflow.RunAsync(table, cancellationToken), workflow.Target!);
        }
        if (configuration.Searching.Method == SearchMethod.Oneshot && !File.Exists(run.BegunFront?.Front))
        {
            QuickstartFront.Clear(run);
            console.WriteLine("The same shared weights have more to offer, for faster and for slower devices:");
            await SupernetDerivation.RunAsync(
                new(run.Path, DataLocation, Target: null, QuickstartFront.Networks, Profiler: null, Lut: null, "cpu", run.FrontFolder),
                console,
                cancellationToken
            );
        }

        Heading(console, "3. Train both networks, the student with its teacher");
        foreach (Role role in roles)
        {
            await TrainCommand.TrainAsync(configuration, data, DataLocation, run, role, torch, options.Resume, console, cancellationToken);
            if (ShortenedTraining.Load(run, role) is { } shortened)
                console.WriteLine($"The {role.Name()} is trained for {shortened}.");
        }

        Heading(console, "4. Export both, and measure them whole against the table's estimate");
        var latency = new NetworkLatency(configuration, run, console);
        foreach (Role role in roles)
        {
            using DerivedNetwork network = TrainedNetwork.Load(run, role, torch, out int epochs);
            await latency.ShowAsync(network, table, profiler, cancellationToken);
            NetworkPlan plan = NetworkPlan.Of(network.Architecture, configuration.Space.Height, configuration.Space.Width);
            NetworkFacts facts = ExportedFacts.Of(run, configuration, plan, ExportForm.Plain, data: null, epochs, console.WriteLine);
            NetworkExporter.Export(
                network,
                plan,
                run.Onnx(role),
                ExportForm.Plain,
                facts,
                new ExportHooks(console.WriteLine, cancellationToken)
            );
        }

        Heading(console, "5. Look at a prediction");
        EvaluationMode mode = EvaluationMode.Deployed(configuration);
        ConfusionMatrix confusion = await EvalCommand.EvaluateAsync(
            run,
            Role.Student,
            data,
            "val",
            mode,
            torch,
            console,
            cancellationToken
        );
        EvaluationOutcome.Show(console, run.Evaluation(Role.Student, "val"), data, "val", mode, confusion, cancellationToken);
        string picture = WritePicture(run, data, mode, torch),
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

    private static string WritePicture(RunFolder run, SegmentationDataset data, EvaluationMode mode, TorchSharp.torch.Device device)
    {
        using DerivedNetwork student = TrainedNetwork.Load(run, Role.Student, device, out _);
        Sample sample = data.Split("val").Load(0);
        string path = run.In(Picture);
        Overlay.WriteSideBySide(path, sample.Image, sample.Label, ImagePrediction.Of(student, sample.Image, mode, device), data.Classes);
        return path;
    }

    private static void Heading(IAnsiConsole console, string text)
    {
        console.WriteLine();
        console.WriteLine(text);
    }
}
