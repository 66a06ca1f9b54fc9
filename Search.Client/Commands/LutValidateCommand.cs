using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut validate</c>: a table's estimates beside whole networks that are measured.</summary>
public static class LutValidateCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var lut = new Option<string>("--lut")
        {
            HelpName = "FILE",
            Required = true,
            Description = "The table, measured on the device that the networks are measured on.",
        };
        var worst = new Option<int>("--worst")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 3,
            Description = "How many of the worst estimates to show part by part.",
        };
        ProfilerOption profiler = CommonOptions.Profiler();
        var sample = new ValidationSampleOptions();
        var measuring = new ValidationMeasuringOptions();
        var files = new ValidationFilesOptions();
        var command = new Command("validate", "Measures random networks whole and says how well the table predicts them.")
        {
            lut,
            sample.Networks,
            sample.Fitting,
            sample.Seed,
            sample.Passes,
            measuring.Config,
            profiler,
            files.Out,
            files.Corrected,
            files.Plot,
            files.Overwrite,
            worst,
            measuring.Set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new LutValidateArguments(
                        parsed.GetRequiredValue(lut),
                        sample.Of(parsed),
                        measuring.Of(parsed),
                        parsed.GetValue(profiler),
                        files.Of(parsed),
                        parsed.GetValue(worst)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Fixes the networks, measures what is left of them, and reports.</summary>
    internal static async Task<int> RunAsync(LutValidateArguments options, IAnsiConsole console, CancellationToken cancellation)
    {
        options.Check();
        LatencyTable table = LatencyTableJson.Load(options.Lut);
        string file = options.Files.Validation(options.Lut);
        ValidationSettings settings = options.Sample.With(options.Measuring.For(table.Identity));
        TableValidation validation = Stored(TableValidation.Begin(table, settings, options.Lut), file);
        ValidationDrawReport.Write(console, table, validation);
        LatencyTableReport.WriteWarnings(console, table);
        if (validation.Next() is not null)
            validation = await MeasureAsync(validation, table, file, options.Profiler, console, cancellation);

        LatencyTable? corrected = ValidationResults.Corrected(validation, table);
        validation = validation with { Results = ValidationResults.Of(validation, table, corrected, options.Worst) };
        TableValidationFile.Save(validation, file);
        ValidationReport.Write(console, validation);
        if (validation.Drift is null or { Count: 0 })
            console.WriteLine(TableDrift.WhyNone(table, validation.Settings.Seed));
        console.WriteLine($"Validation written to {file}.");
        options.Files.WriteBesides(validation, table, corrected, console);
        return ExitCodes.Done;
    }

    /// <summary>The validation to go on with: the file's, where something is measured in it.</summary>
    private static TableValidation Stored(TableValidation begun, string file)
    {
        // A file without a measurement, say after settings that the profiler refused, holds nothing that other settings would spoil.
        if (!File.Exists(file) || TableValidationFile.Load(file) is not { } stored || stored.Done() == 0)
            return begun;
        stored.RequireSame(begun, file);
        return stored;
    }

    private static async Task<TableValidation> MeasureAsync(
        TableValidation validation,
        LatencyTable table,
        string file,
        ProfilerAddress? address,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        await using ProfilerConnection profiler = await Profilers.OpenAsync(address, cancellation, say: console.WriteLine);
        if (validation.Done() > 0)
        {
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Going on with {file}: {validation.Done()} of {validation.Total()} measurements are there."
                )
            );
        }
        else
        {
            console.WriteLine($"Networks, split and order are in {file}.");
            // Before anything is measured.
            TableValidationFile.Save(validation, file);
        }
        TorchDevice.Open("cpu", threads: 1);
        (int seed, MeasuringOptions measuring) = (validation.Settings.Seed, validation.Settings.Measuring);
        async Task<ModelMeasurement> MeasureNetworkAsync(ValidatedNetwork network)
        {
            using var untrained = new DerivedNetwork(network.Architecture);
            return await NetworkLatency.MeasureAsync(untrained, validation.Plan(network), measuring, profiler, cancellation);
        }
        return await ProgressDisplay.RunAsync(console, progress =>
            new ValidationMeasurement(file, profiler.Name, MeasureNetworkAsync, progress, drift: done =>
                TableDrift.LookAsync(table, seed, measuring, profiler, done, cancellation)
            ).RunAsync(validation, cancellation)
        );
    }
}
