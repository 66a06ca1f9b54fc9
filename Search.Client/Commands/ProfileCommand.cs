using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg profile</c>: a latency table of every operator of a search space.</summary>
public static class ProfileCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string?> config = CommonOptions.Config();
        Option<string[]> set = CommonOptions.Set();
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<string> output = CommonOptions.Out("The latency table's file, JSON.");
        Option<bool> overwrite = CommonOptions.Overwrite();
        var reuse = new Option<bool>("--reuse")
        {
            Description =
                "Take the newest finished table of the same space, device and settings, where the profiler has one that was not "
                + "measured on a loaded device.",
        };
        var anew = new Option<bool>("--anew")
        {
            Description = "Measure everything again, where an earlier build of the same table was stopped or failed half-way.",
        };
        var noNetworks = new Option<bool>("--no-networks")
        {
            Description =
                "Leave out the dozen whole networks at the end, and the correction that comes from them: estimates are then sums of "
                + "operators that ran alone.",
        };
        var budget = new Option<double?>("--budget")
        {
            HelpName = "SHARE|N",
            Description =
                "Measure only this share of the operators (e.g. 0.25), or this many (e.g. 36), and predict the others with error "
                + "bounds. 1 is all.",
        };
        var from = new Option<string?>("--from")
        {
            HelpName = "TABLE",
            Description =
                "With --budget: another device's table of the same space. The predictions start from it, so a few dozen "
                + "measurements are enough.",
        };
        var command = new Command("profile", "Measures every operator of the configuration's search space into a latency table.")
        {
            config,
            profiler,
            output,
            overwrite,
            reuse,
            anew,
            noNetworks,
            budget,
            from,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new ProfileArguments(
                        parsed.GetValue(config),
                        parsed.GetValue(set) ?? [],
                        parsed.GetValue(profiler),
                        parsed.GetValue(reuse),
                        parsed.GetValue(budget),
                        parsed.GetValue(from),
                        parsed.GetRequiredValue(output),
                        parsed.GetValue(overwrite),
                        parsed.GetValue(anew),
                        parsed.GetValue(noNetworks)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Has the table built, shows its progress, and writes it.</summary>
    public static async Task<int> RunAsync(ProfileArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        CheckUsage(options);
        FasterSegOptions configuration = ConfigurationLoader.Load(options.Config, options.Set);
        SearchSpace space = configuration.Space.ToSpace();
        if (options.NoNetworks)
            configuration.Measuring.Networks = false;
        OutputFile.Require(options.Out, "--out", options.Overwrite, options.Config, options.From);
        KnownTable? known = options.From is { } file
            ? KnownTable.For(LatencyTableImport.Load(file), space, options.Budget!.Value, file)
            : null;
        await using ProfilerConnection profiler = await Profilers.OpenAsync(options.Profiler, cancellationToken, say: console.WriteLine);
        FactList.Write(console, ("device", profiler.Device.Name), ("space", space.ToString()));

        IReadOnlyList<double> errors = [];
        LatencyTable table = await ProgressDisplay.RunAsync(console, async progress =>
        {
            if (options.Budget is not { } budget)
                return await profiler.BuildTableAsync(
                    space,
                    configuration.Measuring,
                    configuration.Seed,
                    ProfileProgress.Show(progress, options.Reuse),
                    options.Reuse,
                    options.Anew,
                    cancellationToken
                );
            (LatencyTable predicted, errors) = await BudgetedTable.BuildAsync(
                profiler,
                space,
                configuration,
                budget,
                known,
                ProfileProgress.Show(progress),
                cancellationToken
            );
            return predicted;
        });
        LatencyTableJson.Save(table, options.Out);
        LatencyTableReport.WriteSummary(console, table);
        if (options.Reuse && configuration.Measuring.Networks != false && !table.Environment.ContainsKey(LatencyTable.NetworksFact))
            console.WriteLine(
                "This table was finished without whole networks, so nothing corrects its estimates: 'fasterseg lut validate --corrected' "
                    + "adds that, and so does a new table of a profiler that is no fleet (leave --reuse out)."
            );
        if (errors.Count > 0)
            LatencyTableReport.WriteExpectedErrors(console, table, errors, options.From);
        console.WriteLine($"Table written to {options.Out}.");
        return ExitCodes.Done;
    }

    private static void CheckUsage(ProfileArguments options)
    {
        if (options.Budget is { } budget && !(budget is > 0 and <= 1 || (budget is >= 2 and <= 1e6 && double.IsInteger(budget))))
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--budget is {budget}: name a share of the operators above 0 and up to 1, "
                        + $"e.g. 0.25, or a whole number of them from 2 on, e.g. 36."
                )
            );
        if (options is { Reuse: true, Anew: true })
            throw new UsageException("--anew measures everything again and --reuse takes a finished table: leave one of them out.");
        if (options is { Budget: not null, Anew: true })
            throw new UsageException("--budget measures anew each time: leave --anew out.");
        if (options is { Budget: not null, Reuse: true })
            throw new UsageException("--budget builds a table anew and --reuse takes a finished one: leave one of them out.");
        if (options is { From: not null, Budget: null })
            throw new UsageException(
                "--from predicts a table from another one and some measurements: say how many with --budget, e.g. --budget 36."
            );
    }
}
