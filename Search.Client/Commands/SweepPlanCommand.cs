using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep plan</c>: the chains of a sweep, what they will cost, and all that can be known to be wrong.</summary>
public static class SweepPlanCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> config = Config(required: true);
        var output = new Option<string?>("--out")
        {
            HelpName = "SWEEP",
            Description = "Make the sweep in this new folder. Without it nothing is written.",
        };
        var times = new Option<string?>("--times")
        {
            HelpName = "SWEEP",
            Description = "Tell the hours by the finished stages of this earlier sweep.",
        };
        var untimed = new Option<bool>("--no-timing") { Description = "Time no steps here: the plan tells steps and images alone." };
        Option<string> device = RunOptions.Device();
        device.Description = "Where to time some steps: the device that the chains will run on. " + device.Description;
        var command = new Command("plan", "Lists the chains of a sweep, checks them, tells what they will cost, and makes the sweep.")
        {
            config,
            output,
            times,
            untimed,
            device,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                // An earlier sweep's hours say more than some steps.
                bool isTimed = !parsed.GetValue(untimed) && parsed.GetValue(times) is null;
                SweepFolder? earlier = parsed.GetValue(times) is { } sweep ? SweepFolder.Open(sweep) : null;
                string? path = parsed.GetValue(output);
                SweepFolder? made = await RunAsync(
                    parsed.GetRequiredValue(config),
                    path,
                    earlier,
                    isTimed ? parsed.GetRequiredValue(device) : null,
                    console,
                    token
                );
                ConsoleText.Write(
                    console,
                    made is null
                        ? CommandText.Below(
                            "Nothing is written yet. This makes the sweep:",
                            Suggestion.Of("sweep", "plan", "--config", parsed.GetRequiredValue(config), "--out", "SWEEP")
                        )
                        : CommandText.Below($"The sweep is in {made.Path}. Run it:", Suggestion.Of("sweep", "run", made.Path))
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary><c>--config FILE</c> of a sweep.</summary>
    internal static Option<string> Config(bool required) =>
        new("--config")
        {
            HelpName = "FILE",
            Required = required,
            Description = "What the sweep is, a JSON file such as configs/sweeps/quickstart.json.",
        };

    /// <summary>Checks a sweep and prints it; makes it where a folder is named.</summary>
    /// <param name="config">What the user wrote.</param>
    /// <param name="path">The new folder; null makes none.</param>
    /// <param name="earlier">Whose times are taken; null is none's.</param>
    /// <param name="device">Name of torch's device on which some steps are timed; null times none.</param>
    /// <param name="console">Where to print.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The sweep; null where none was made.</returns>
    internal static async Task<SweepFolder?> RunAsync(
        string config,
        string? path,
        SweepFolder? earlier,
        string? device,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        var options = SweepOptions.Load(config);
        if (path is not null)
            SweepPlan.RequireNew(path);
        RequireAddress(options.Profiler);
        var plan = SweepPlan.Of(options);
        foreach ((string chain, FasterSegOptions of) in plan.Configurations)
            RequireRoom(chain, of);
        if (options.Lut is { } file && !File.Exists(file))
            throw new UsageException($"lut is {file}, and there is no such file: name a latency table, which 'fasterseg profile' writes.");
        // A table that is there already tells at once what cannot be.
        IReadOnlyDictionary<string, LatencyTable>? tables = options.Lut is { } lut
            ? plan.Tables.ToDictionary(table => table.Name, _ => LatencyTableImport.Load(lut), StringComparer.Ordinal)
            : null;
        if (tables is not null)
            plan.Require(tables);
        SweepTiming? timing = device is null
            ? null
            : await ProgressDisplay.RunAsync(console, reporter => SweepTiming.RunAsync(plan, device, reporter, cancellation));
        SweepReport.WritePlan(console, plan, timing, earlier);
        if (tables is null && path is null)
        {
            console.WriteLine("With --out its latency table is measured first; only then it is known whether the targets can be reached.");
            return null;
        }
        if (tables is null)
        {
            tables = await MeasureAsync(options, plan, console, cancellation);
            plan.Require(tables);
        }
        return path is null ? null : plan.Save(path, tables, DateTimeOffset.UtcNow);
    }

    /// <summary>Passes a profiler's address that can be one, long before it is asked.</summary>
    private static void RequireAddress(string? profiler)
    {
        if (profiler is null or SweepOptions.Local)
            return;
        try
        {
            ProfilerConnection.RequireAddress(profiler);
        }
        catch (UsageException fault)
        {
            throw new UsageException($"profiler: {fault.Message.TrimEnd('.')}; or write \"{SweepOptions.Local}\" for this machine.", fault);
        }
    }

    /// <summary>What a training finds out after hours of searching is found out here.</summary>
    private static void RequireRoom(string chain, FasterSegOptions options)
    {
        try
        {
            (string, PhaseOptions)[] search =
                options.Searching.Method == SearchMethod.Differentiable
                    ? [("pretrain", options.Pretrain), ("searching", options.Searching)]
                    : [("oneShot", options.OneShot)];
            PhaseRoom.Require([.. search, ("training", options.Training)]);
        }
        catch (UsageException fault)
        {
            throw new UsageException($"Chain {chain}: {fault.Message}", fault);
        }
    }

    /// <summary>Once for all chains of a space: so their latencies can be compared.</summary>
    private static async Task<IReadOnlyDictionary<string, LatencyTable>> MeasureAsync(
        SweepOptions options,
        SweepPlan plan,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        ProfilerAddress? address = options.Profiler is null or SweepOptions.Local ? null : new(options.Profiler, options.Pool);
        await using ProfilerConnection profiler = await Profilers.OpenAsync(address, cancellation, say: console.WriteLine);
        var tables = new Dictionary<string, LatencyTable>(StringComparer.Ordinal);
        foreach ((string name, FasterSegOptions of) in plan.Tables)
            tables.Add(name, await WorkingTable.MeasureAsync(profiler, of, console, cancellation));
        return tables;
    }
}
