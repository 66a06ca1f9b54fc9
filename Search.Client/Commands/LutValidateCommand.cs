using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut validate</c>: a table's estimates beside whole networks that are measured.</summary>
public static class LutValidateCommand
{
    private const string Section = "measuring:";
    private const int FewestNetworks = 4;
    private const int MostNetworks = 10_000,
        MostPasses = 99;

    /// <summary>What the command line says.</summary>
    /// <param name="Lut">The table's file.</param>
    /// <param name="Networks">Held-out networks.</param>
    /// <param name="Fitting">Networks for fitting.</param>
    /// <param name="Seed">Draws them.</param>
    /// <param name="Passes">How often to measure each.</param>
    /// <param name="Config">A configuration whose section <c>measuring</c> counts; null goes by the table.</param>
    /// <param name="Set">Overrides of that section.</param>
    /// <param name="Profiler">The profiler's address; null is this machine.</param>
    /// <param name="Out">The validation's file; null is beside the table.</param>
    /// <param name="Plot">A picture to write; null writes none.</param>
    /// <param name="Worst">How many of the worst cases to name.</param>
    /// <param name="Corrected">Where the table goes with the correction that the fitting networks give; null writes none.</param>
    /// <param name="Overwrite">Plot and corrected table may be replaced; a validation that is there is gone on with.</param>
    public sealed record Options(
        string Lut,
        int Networks,
        int Fitting,
        int Seed,
        int Passes,
        string? Config,
        string[] Set,
        string? Profiler,
        string? Out,
        string? Plot,
        int Worst,
        string? Corrected,
        bool Overwrite
    );

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var lut = new Option<string>("--lut")
        {
            HelpName = "FILE",
            Required = true,
            Description = "The table, measured on the device that the networks are measured on.",
        };
        var networks = new Option<int>("--networks")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 100,
            Description = "Random networks that the figures come from, at least 4.",
        };
        var fitting = new Option<int>("--fitting")
        {
            HelpName = "M",
            Description = "Further networks that a correction learns from. Their figures are kept apart.",
        };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed draws other networks." };
        var passes = new Option<int>("--passes")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            Description =
                "How often to measure each network, each time in another order. Estimates are judged by the median over all "
                + "passes. From 2 on the output says how well the passes agree.",
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description =
                "The validation's file, JSON. It is rewritten after each measurement. If it exists, the command continues it. "
                + "Default: TABLE.validation.json beside the table.",
        };
        var plot = new Option<string?>("--plot")
        {
            HelpName = "FILE",
            Description = "Also draw the estimates over the measurements, to a .png, .jpg or .webp file.",
        };
        var corrected = new Option<string?>("--corrected")
        {
            HelpName = "FILE",
            Description = "Also write the table with the correction that the fitting networks give, for searches.",
        };
        var worst = new Option<int>("--worst")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 3,
            Description = "How many of the worst estimates to show part by part.",
        };
        Option<string?> config = CommonOptions.Config(required: false),
            profiler = CommonOptions.Profiler();
        config.Description =
            "A configuration whose section 'measuring' says how to measure. Default: "
            + "the table's provider, precision, threads and batch.";
        Option<bool> overwrite = CommonOptions.Overwrite();
        overwrite.Description = "Replace a plot or corrected table that exists already. Files that the command reads are never replaced.";
        Option<string[]> set = CommonOptions.Set();
        set.Description = "A value of the section 'measuring', e.g. measuring:maximumSeconds=1. May be given several times.";
        var command = new Command("validate", "Measures random networks whole and says how well the table predicts them.")
        {
            lut,
            networks,
            fitting,
            seed,
            passes,
            config,
            profiler,
            output,
            corrected,
            plot,
            overwrite,
            worst,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new Options(
                        parsed.GetRequiredValue(lut),
                        parsed.GetValue(networks),
                        parsed.GetValue(fitting),
                        parsed.GetValue(seed),
                        parsed.GetValue(passes),
                        parsed.GetValue(config),
                        parsed.GetValue(set) ?? [],
                        parsed.GetValue(profiler),
                        parsed.GetValue(output),
                        parsed.GetValue(plot),
                        parsed.GetValue(worst),
                        parsed.GetValue(corrected),
                        parsed.GetValue(overwrite)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Fixes the networks, measures what is left of them, and reports.</summary>
    public static async Task<int> RunAsync(Options options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        CheckUsage(options);
        string output = options.Out ?? TableValidationFile.Beside(options.Lut);
        OutputFile.RequireDistinct(("--out", output), ("--plot", options.Plot), ("--corrected", options.Corrected));
        // A validation that is there is gone on with, and nothing else is taken for one.
        OutputFile.Require(output, "--out", overwrite: true, options.Lut, options.Config);
        if (options.Plot is not null)
            PictureFormat.Require(options.Plot, "--plot");
        if (options.Plot is not null)
            OutputFile.Require(options.Plot, "--plot", options.Overwrite, options.Lut, options.Config);
        if (options.Corrected is not null)
            OutputFile.Require(options.Corrected, "--corrected", options.Overwrite, options.Lut, options.Config);
        LatencyTable table = LatencyTableJson.Load(options.Lut);
        if (table.Correction is not null && options.Corrected is not null)
            throw new UserErrorException(
                $"{options.Lut} is corrected already: a correction is fitted on the table as it was measured, so name that one with --lut."
            );
        var settings = new ValidationSettings(
            options.Networks,
            options.Fitting,
            options.Seed,
            options.Passes,
            Measuring(options, table.Identity)
        );
        var validation = TableValidation.Begin(table, settings, options.Lut);
        // A file without a measurement, say after settings that the profiler refused, holds nothing that other settings would spoil.
        TableValidation? stored = File.Exists(output) ? TableValidationFile.Load(output) : null;
        bool begun = stored?.Done() > 0;
        if (begun)
        {
            stored!.RequireSame(validation, output);
            validation = stored;
        }
        ValidationReport.WriteDraw(console, table, validation);

        if (validation.Next() is not null)
        {
            await using ProfilerConnection profiler = await Profilers.OpenAsync(
                options.Profiler,
                cancellationToken,
                say: console.WriteLine
            );
            console.WriteLine(
                begun
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"Continuing {output}: {validation.Done()} of {validation.Total()} measurements are done."
                    )
                    : $"Networks, split and order are in {output}."
            );
            // Before anything is measured.
            if (!begun)
                TableValidationFile.Save(validation, output);
            validation = await MeasureAsync(validation, table, output, profiler, console, cancellationToken);
        }
        LatencyTable? corrected = ValidationResults.Corrected(validation, table);
        validation = validation with { Results = ValidationResults.Of(validation, table, corrected, options.Worst) };
        TableValidationFile.Save(validation, output);
        ValidationReport.Write(console, validation);
        console.WriteLine($"Validation written to {output}.");
        if (options.Corrected is not null)
        {
            LatencyTableJson.Save(
                corrected
                    ?? throw new UserErrorException(
                        $"No correction was written to {options.Corrected}: the table lacks parts of the fitting networks, and "
                            + $"fewer than {CorrectionFit.FewestNetworks} are left. Name more with --fitting."
                    ),
                options.Corrected
            );
            console.WriteLine($"Corrected table written to {options.Corrected}.");
        }
        if (options.Plot is not null)
        {
            ImageFile.Write(options.Plot, ValidationPicture.Draw(validation));
            console.WriteLine($"Plot written to {options.Plot}.");
        }
        return ExitCodes.Done;
    }

    private static void CheckUsage(Options options)
    {
        if (options.Networks is < FewestNetworks or > MostNetworks || options.Fitting is < 0 or > MostNetworks)
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--networks {options.Networks} --fitting {options.Fitting}: {FewestNetworks} to {MostNetworks} networks can "
                        + $"be reported on, and up to {MostNetworks} fitted on."
                )
            );
        if (options.Corrected is not null && options.Fitting < CorrectionFit.FewestNetworks)
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--corrected needs networks to learn from: name at least {CorrectionFit.FewestNetworks} with --fitting, e.g. 30."
                )
            );
        if (options.Passes is < 1 or > MostPasses)
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--passes {options.Passes}: every network can be measured 1 to {MostPasses} times."
                )
            );
        if (options.Worst < 0)
            throw new UsageException("--worst counts networks: use 0 or more.");
        if (options.Set.FirstOrDefault(set => !set.StartsWith(Section, StringComparison.OrdinalIgnoreCase)) is { } foreign)
            throw new UsageException(
                $"--set {foreign} would change nothing here: the table says what is drawn, so only {Section}KEY=VALUE counts."
            );
    }

    /// <summary>How to measure: as the configuration says, or else in the table's own way as far as it tells.</summary>
    private static MeasuringOptions Measuring(Options options, TableIdentity identity)
    {
        string[] table = options.Config is not null
            ? []
            :
            [
                $"{Section}provider={identity.Provider}",
                $"{Section}precision={identity.Precision}",
                FormattableString.Invariant($"{Section}threads={identity.Threads}"),
                FormattableString.Invariant($"{Section}batchSize={identity.BatchSize}"),
            ];
        return ConfigurationLoader.Load(options.Config, [.. table, .. options.Set]).Measuring;
    }

    private static Task<TableValidation> MeasureAsync(
        TableValidation validation,
        LatencyTable table,
        string output,
        ProfilerConnection profiler,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        TorchDevice.Open("cpu", threads: 1);
        MeasuringOptions measuring = validation.Settings.Measuring;
        DriftReading? Drift(int done) =>
            TableDrift.LookAsync(table, validation.Settings.Seed, measuring, profiler, done, cancellation).GetAwaiter().GetResult();
        return ProgressDisplay.RunAsync(console, progress => Task.Run(
                () =>
                    new ValidationMeasurement(
                        output,
                        profiler.Name,
                        network =>
                        {
                            using var untrained = new DerivedNetwork(network.Architecture);
                            return SearchWorkflow
                                .MeasureAsync(untrained, validation.Plan(network), measuring, profiler, cancellation)
                                .GetAwaiter()
                                .GetResult();
                        },
                        progress,
                        drift: Drift
                    ).Run(validation, cancellation),
                CancellationToken.None
            ));
    }
}
