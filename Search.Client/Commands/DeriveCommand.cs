using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg derive</c>: makes a run of architecture parameters that are there already, published ones or those of another
/// run.</summary>
public static class DeriveCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string?> config = CommonOptions.Config(required: false);
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<string[]> set = CommonOptions.Set();
        var parameters = new Option<string?>("--parameters")
        {
            HelpName = "FILE",
            Description = "alpha, beta and ratio as JSON: the released code's arch_student, or a run's parameters.json.",
        };
        Option<string> role = RunOptions.Role("Whose parameters to derive.", "student");
        var pair = new Option<string?>("--pair")
        {
            Description = "The branches. Default: chosen by the supernet's mIoU if the file has it, else by the target band.",
        };
        pair.AcceptOnlyFromAmong("32+8", "32+16");
        var lut = new Option<string?>("--lut")
        {
            HelpName = "FILE",
            Description = "Estimate on this latency table (ours, or any that 'lut import' reads) instead of a profiler's.",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "DIR",
            Required = true,
            Description = "The run's folder: a new one, or one to add the network to.",
        };
        var supernet = new Option<string?>("--run")
        {
            HelpName = "DIR",
            Description = "A run of searching:method=oneshot instead: its shared weights score networks for another table or band.",
        };
        var data = new Option<string?>("--data") { HelpName = "KIND:DIR", Description = "With --run: the images that it was searched on." };
        var target = new Option<string?>("--target") { HelpName = "BAND", Description = "With --run: another band, e.g. '20-24 ms'." };
        var front = new Option<int?>("--front")
        {
            HelpName = "N",
            Description = "With --run: a front of N networks from fast to slow, as front.json and front.png.",
        };
        Option<string> device = RunOptions.Device();
        var command = new Command("derive", "Makes a run from given architecture parameters, or from the weights of a one-shot search.")
        {
            parameters,
            supernet,
            data,
            target,
            front,
            device,
            role,
            pair,
            config,
            profiler,
            lut,
            output,
            set,
        };
        Option[] ofParameters = [role, pair, config, set],
            ofRun = [data, target, front, device];
        command.SetAction(
            (parsed, token) =>
            {
                string? run = parsed.GetValue(supernet),
                    file = parsed.GetValue(parameters);
                if (run is not null && file is not null)
                    throw new UsageException("--run and --parameters are two things to derive from: leave one out.");
                if (run is null && file is null)
                    throw new UsageException("Nothing to derive from: name a file with --parameters, or a one-shot search with --run.");
                RequireNone(parsed, run is null ? ofRun : ofParameters, run is null ? (supernet, parameters) : (parameters, supernet));
                return run is not null
                    ? RunAsync(
                        new SupernetArguments(
                            run,
                            parsed.GetValue(data),
                            parsed.GetValue(target),
                            parsed.GetValue(front),
                            parsed.GetValue(profiler),
                            parsed.GetValue(lut),
                            parsed.GetRequiredValue(device),
                            parsed.GetRequiredValue(output)
                        ),
                        console,
                        token
                    )
                    : RunAsync(
                        new DeriveArguments(
                            file!,
                            RunOptions.Parse(parsed.GetRequiredValue(role)),
                            parsed.GetValue(pair) switch
                            {
                                "32+8" => 8,
                                "32+16" => 16,
                                _ => null,
                            },
                            parsed.GetValue(config),
                            parsed.GetValue(set) ?? [],
                            parsed.GetValue(profiler),
                            parsed.GetValue(lut),
                            parsed.GetRequiredValue(output)
                        ),
                        console,
                        token
                    );
            }
        );
        return command;
    }

    /// <summary>What was scored is kept in the search's run, so that the same command goes on.</summary>
    private static Task<int> RunAsync(SupernetArguments arguments, IAnsiConsole console, CancellationToken cancellation) =>
        InterruptedException.Say(
            () => SupernetDerivation.RunAsync(arguments, console, cancellation),
            () =>
                Suggestion.Of([
                    "derive",
                    "--run",
                    arguments.Run,
                    .. Suggestion.Option("--data", arguments.Data),
                    .. Suggestion.Option("--target", arguments.Target),
                    .. Suggestion.Option("--front", arguments.Front?.ToString(CultureInfo.InvariantCulture)),
                    .. Suggestion.Profiler(arguments.Profiler),
                    .. Suggestion.Option("--lut", arguments.Lut),
                    .. Suggestion.Option("--device", arguments.Device, "cpu"),
                    "--out",
                    arguments.Out,
                ])
        );

    /// <summary>What a command line says and nobody heeds would be thought to have an effect.</summary>
    private static void RequireNone(ParseResult parsed, Option[] options, (Option Other, Option This) forms)
    {
        string[] idle = [.. options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (idle.Length == 0)
            return;
        string names = idle.Length == 1 ? idle[0] : $"{string.Join(", ", idle[..^1])} and {idle[^1]}",
            go = Plural.Word(idle.Length, "goes", "go"),
            them = Plural.Word(idle.Length, "it", "them");
        throw new UsageException($"{names} {go} with {forms.Other.Name} and not with {forms.This.Name}: leave {them} out.");
    }

    /// <summary>Reads and checks the parameters, gets the table, derives both pairs, writes the run and shows the network.</summary>
    public static async Task<int> RunAsync(DeriveArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        RunFolder? grown = CheckUsage(options);
        FasterSegOptions configuration = ConfigurationLoader.Load(grown?.Configuration ?? options.Config, options.Set);
        SearchSpace space = configuration.Space.ToSpace();
        var parameters = ParametersFile.Read(options.Parameters, options.Role, space);

        await using ProfilerConnection? profiler = await WorkingTable.OpenProfilerAsync(
            options.Profiler,
            hasTable: (options.Lut ?? grown?.Table) is not null,
            console,
            cancellationToken
        );
        LatencyTable table = await WorkingTable.GetAsync(grown, options.Lut, profiler, configuration, console, cancellationToken);
        TableCoverage.Require(table, space, options.Lut ?? grown?.Table ?? "The latency table");

        LatencyTarget target = TargetBand.Resolve(configuration.Searching.Target, space, table, configuration.Seed);
        var (with8, with16) = DerivedPairs.Of(parameters, space, options.Role, configuration.Searching, table, target);
        PairChoice choice = PairChoice.Of(with8, with16, options.Pair, target, configuration.Searching.Derivation);

        configuration.Machine = MachineOptions.Here();
        if (grown is null)
        {
            NewRun
                .Begin(options.Out, folder =>
                {
                    SearchResultFile.Add(folder, choice.Choice, parameters.Values);
                    LatencyTableJson.Save(table, folder.Table);
                    ConfigurationLoader.Save(configuration, folder.Configuration);
                })
                .Keep();
        }
        else
        {
            SearchResultFile.Add(grown, choice.Choice, parameters.Values);
        }
        RunFolder run = grown ?? RunFolder.Open(options.Out);
        DerivedPair winner = choice.Choice.Winner;
        int digits = options.Role == Role.Student ? target.DigitsBeside(with8.EstimateMs, with16.EstimateMs) : 3;
        new NetworkPictures().Save(run, NetworkPlan.Of(winner.Architecture, space), table);
        FactList.Write(
            console,
            ("parameters", $"{options.Parameters}, {options.Role.Name()}"),
            ("space", space.ToString()),
            ("table", $"{table.Identity.DeviceName} ({table.Identity.Provider}, {table.Identity.Precision})"),
            ("derivation", configuration.Searching.Derivation.Word()),
            ("target", options.Role == Role.Student ? target.ToString(digits) : null),
            ("32+8", PairChoice.Describe(with8, table.Identity, digits)),
            ("32+16", PairChoice.Describe(with16, table.Identity, digits)),
            ("chosen", $"{winner.Architecture.Pair}: {choice.Reason}")
        );
        if (options.Role == Role.Student && StudentBand.Miss(winner.EstimateMs, target) is { } miss)
            console.WriteLine(miss);
        TorchDevice.Open("cpu", configuration.Threads, configuration.Kernels);
        using (var untrained = new DerivedNetwork(winner.Architecture))
            await new NetworkLatency(configuration, run, console).ShowAsync(untrained, table, profiler, cancellationToken);
        SayWhatNext(options, run, console);
        return ExitCodes.Done;
    }

    /// <summary>The run to add to; null where a new one is to be made.</summary>
    private static RunFolder? CheckUsage(DeriveArguments options)
    {
        if (!RunFolder.Exists(options.Out))
        {
            RunFolder.RequireNew(options.Out);
            if (options.Config is null)
                throw new UsageException(
                    "--config is missing: name the configuration that the parameters were searched with, e.g. configs/cityscapes.json."
                );
            return null;
        }
        if ((options.Config ?? options.Lut) is not null || options.Set.Length > 0)
            throw new UsageException(
                $"{options.Out} holds a run with its own configuration and table: leave --config, --lut and --set out to add the "
                    + $"{options.Role.Name()} to it, or name another folder."
            );
        var run = RunFolder.Open(options.Out);
        FrontFolder.Refuse(run);
        if (run.SearchCheckpoint.Exists && !File.Exists(run.SearchResult))
            throw new UserErrorException(
                $"{options.Out} holds a search that has not come to its end, which would replace the network: go on with it "
                    + "first, or name another folder."
            );
        return !File.Exists(run.Architecture(options.Role))
            ? run
            : throw new UserErrorException(
                $"{run.Architecture(options.Role)} is there already: name another folder, or move it away together with its training."
            );
    }

    private static void SayWhatNext(DeriveArguments options, RunFolder run, IAnsiConsole console)
    {
        const string Data = "KIND:DIR";
        string name = options.Role.Name(),
            alone = Suggestion.Train(run, options.Role, Data, "--set", "training:distillationWeight=0"),
            after = options.Role == Role.Student ? ", after its teacher" : "";
        ConsoleText.Write(
            console,
            options.Role == Role.Teacher || File.Exists(run.Architecture(Role.Teacher))
                ? CommandText.Below($"The run is in {run.Path}; train the {name}{after}:", Suggestion.Train(run, options.Role, Data))
                : CommandText.Below(
                    $"The run is in {run.Path}. It has no teacher: derive one into the run first, or train the student alone:",
                    alone
                )
        );
    }
}
