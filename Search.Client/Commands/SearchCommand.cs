using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg search</c>: searches a teacher and a student together on a latency table.</summary>
public static class SearchCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string?> config = CommonOptions.Config(required: false);
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<string[]> set = CommonOptions.Set();
        Option<string> data = RunOptions.Data(),
            device = RunOptions.Device();
        Option<bool> resume = RunOptions.Resume();
        var lut = new Option<string?>("--lut")
        {
            HelpName = "FILE",
            Description = "Search on this latency table. With --profiler too, the profiler measures the networks only.",
        };
        var measureEvery = new Option<int>("--measure-every")
        {
            HelpName = "N",
            Description = "Every N epochs, measure on the target the networks that would be derived.",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "DIR",
            Required = true,
            Description = "The run's folder.",
        };
        var command = new Command("search", "Searches a teacher and a student together (pretraining, then search).")
        {
            config,
            data,
            profiler,
            lut,
            output,
            device,
            measureEvery,
            resume,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new SearchArguments(
                        parsed.GetValue(config),
                        parsed.GetValue(set) ?? [],
                        parsed.GetRequiredValue(data),
                        parsed.GetValue(profiler),
                        parsed.GetValue(lut),
                        parsed.GetRequiredValue(output),
                        parsed.GetRequiredValue(device),
                        parsed.GetValue(resume),
                        parsed.GetValue(measureEvery)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Gets the table, searches, and shows both networks.</summary>
    public static Task<int> RunAsync(SearchArguments options, IAnsiConsole console, CancellationToken cancellationToken) =>
        InterruptedException.Say(() => SearchAsync(options, console, cancellationToken), () => GoesOn(options));

    private static async Task<int> SearchAsync(SearchArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (options.MeasureEvery < 0)
            throw new UsageException($"--measure-every is {options.MeasureEvery}: name a number of epochs.");
        if (options.MeasureEvery > 0 && options.Profiler is null && (options.Lut is not null || options.Resume))
            throw new UsageException("--measure-every needs somebody who measures: name the target with --profiler.");
        if (!options.Resume && options.Config is null)
            throw new UsageException("--config is missing: name a configuration, e.g. configs/camvid-small.json.");
        if (options.Resume && (options.Config ?? options.Lut) is not null)
            throw new UsageException(
                "--resume goes on with the run's own configuration and table: leave --config and --lut out; --set changes single values."
            );
        if (!options.Resume)
            RunFolder.RequireNew(options.Out);
        RunFolder? resumed = options.Resume ? RunFolder.Open(options.Out) : null;
        FasterSegOptions? began = resumed is null ? null : ConfigurationLoader.Load(resumed.Configuration);
        if (resumed is not null)
            RequireSearch(resumed, began!.Searching.Method);
        FasterSegOptions configuration = ConfigurationLoader.Load(resumed?.Configuration ?? options.Config, options.Set);
        if (options.MeasureEvery > configuration.Searching.Epochs)
            throw new UsageException(
                $"--measure-every is {options.MeasureEvery}, and the search has {Plural.Of(configuration.Searching.Epochs, "epoch")}: name "
                    + "a smaller number of epochs."
            );
        if (configuration.Searching.Method == SearchMethod.Differentiable)
            PhaseRoom.Require(("pretrain", configuration.Pretrain), ("searching", configuration.Searching));
        else
            PhaseRoom.Require(("oneShot", configuration.OneShot), ("training", configuration.Training));
        var faults = new List<string>();
        SegmentationDataset data = DatasetLocator.Open(options.Data, configuration.Data, options.Resume ? null : faults.Add);
        if (resumed is not null)
        {
            RunImages.RequireSame(resumed, RunImages.Search, data, options.Data);
            ChangedSettings.RequireUntrained(resumed, began!, configuration);
            ChangedSettings.Require(resumed, began!, configuration, console);
        }
        data.RequireClasses(configuration.Space);
        DatasetCheck? check = options.Resume
            ? null
            : await DataCheckCommand.BeginAsync(options.Data, data, faults, run: null, console, cancellationToken);
        // Before a device measures for minutes what nothing can be searched with.
        if (configuration.Searching.Method == SearchMethod.Differentiable)
            BilevelHalves.Require(data.Split("train"));
        else
            HeldOutImages.Require(data.Split("train"));
        var torch = TorchDevice.Open(options.Device, configuration.Threads, configuration.Kernels);
        // What is needed hours later is missed now.
        foreach (string name in DeviceList.Parse(configuration.Halving.Devices))
            TorchDevice.Open(name, configuration.Threads, configuration.Kernels, "halving:devices");

        await using ProfilerConnection? profiler = await WorkingTable.OpenProfilerAsync(
            options.Profiler,
            hasTable: (options.Lut ?? resumed?.Table) is not null,
            console,
            cancellationToken
        );
        LatencyTable table = await WorkingTable.GetAsync(resumed, options.Lut, profiler, configuration, console, cancellationToken);
        TableCoverage.Require(table, configuration.Space.ToSpace(), options.Lut ?? "The latency table");
        if (resumed is null or { SearchCheckpoint.Exists: false } || began!.Searching.Target != configuration.Searching.Target)
            ReachableLatencies.Require(configuration.Searching.Target, configuration.Space.ToSpace(), table, configuration.Seed);

        using NewRun? begun = resumed is null ? NewRun.Begin(options.Out, folder => LatencyTableJson.Save(table, folder.Table)) : null;
        RunFolder run = resumed ?? begun!.Folder;
        configuration.Machine = MachineOptions.Here();
        // Whoever works in it has the settings that are there.
        using (resumed is null ? null : RunLock.Take(run))
            ConfigurationLoader.Save(configuration, run.Configuration);
        DataCheckCommand.Keep(check, data, run);
        RunImages.Keep(run, RunImages.Search, data);
        var workflow = new SearchWorkflow(configuration, data, run, torch, console)
        {
            Resume = options.Resume,
            Watched = options.Lut is null ? profiler : null,
            Measurer = profiler,
            MeasureEvery = options.MeasureEvery,
        };
        IReadOnlyList<RoleChoice> choices = await workflow.RunAsync(table, cancellationToken);
        // What measuring or printing fails at costs the search nothing.
        begun?.Keep();
        // The profiler may have sent a newer one meanwhile.
        table = RunFile.Table(run);
        var latency = new NetworkLatency(configuration, run, console);
        foreach (RoleChoice choice in choices)
        {
            using var untrained = new DerivedNetwork(choice.Winner.Architecture);
            await latency.ShowAsync(untrained, table, profiler, cancellationToken);
        }
        if (options.Resume && profiler is null)
            ConsoleText.Write(
                console,
                CommandText.Below(
                    "A search that is resumed without --profiler measures no network. This does, on this machine:",
                    Suggestion.Of(["report", "--run", run.Path, "--out", "report.html", "--measure"])
                )
            );
        string miss = StudentBand.Tell(console, choices, workflow.Target!) ? ", with a student outside of its target band" : "";
        (string what, string next) = Suggestion.Next(run, options.Data);
        ConsoleText.Write(console, CommandText.Below($"The run is in {run.Path}{miss}; {what}:", next));
        return ExitCodes.Done;
    }

    /// <summary>Passes a run in which a search was begun, and of which the user may want other networks.</summary>
    private static void RequireSearch(RunFolder run, SearchMethod method)
    {
        if (run.SearchCheckpoint.Exists)
            return;
        if (run.FrontNetworks is > 0 and int networks)
            throw new UsageException(
                $"{run.Path} is a front of {Plural.Of(networks, "network")} that 'fasterseg derive --front' made, and no search to go "
                    + "on with: name the folder of a search."
            );
        if (File.Exists(run.RandomDraw))
            throw new UsageException(
                $"The student of {run.Path} was drawn by 'fasterseg random', and there is no search to go on with: name the folder of a "
                    + "search."
            );
        // Random networks and their halving have no checkpoint.
        if (method != SearchMethod.Random && (File.Exists(run.SearchResult) || File.Exists(run.Architecture(Role.Student))))
            throw new UsageException(
                $"{run.Path} has networks, and no {Path.GetFileName(run.SearchCheckpoint.Path)} of the search that found them: to go on "
                    + "would search anew and replace them. Name the folder of a search, or begin a new one in another folder."
            );
    }

    /// <summary>The command that goes on after an interruption: the same one again where no run was left.</summary>
    private static string GoesOn(SearchArguments options)
    {
        IEnumerable<string> with =
        [
            "--data",
            options.Data,
            .. Suggestion.Profiler(options.Profiler),
            "--out",
            options.Out,
            .. Suggestion.Option("--device", options.Device, "cpu"),
            .. Suggestion.Option("--measure-every", options.MeasureEvery.ToString(CultureInfo.InvariantCulture), standard: "0"),
        ];
        return RunFolder.Exists(options.Out)
            ? Suggestion.Of(["search", "--resume", .. with])
            : Suggestion.Of([
                "search",
                .. Suggestion.Option("--config", options.Config),
                .. Suggestion.Options("--set", options.Set),
                .. Suggestion.Option("--lut", options.Lut),
                .. with,
            ]);
    }
}
