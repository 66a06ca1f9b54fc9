using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut show</c>: a table's identity, size and spread, and how far it may be trusted where a validation says
/// so.</summary>
public static class LutShowCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var table = new Argument<string>("TABLE") { Description = "The table's JSON file." };
        var slowest = new Option<int>("--slowest")
        {
            HelpName = "N",
            Description = "How many of the slowest entries to name.",
            DefaultValueFactory = _ => 10,
        };
        var network = new Option<string?>("--network")
        {
            HelpName = "FILE",
            Description = "A derived network, such as RUN/student.json: its parts with their latencies, multiply-adds, parameters, memory.",
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("show", "Shows a table's identity, size, spread by operator and scale, slowest entries and flags.")
        {
            table,
            slowest,
            network,
            json,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new LutShowArguments(
                        parsed.GetRequiredValue(table),
                        parsed.GetValue(slowest),
                        parsed.GetValue(network),
                        parsed.GetValue(json)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Reads, checks and prints the table.</summary>
    public static Task<int> RunAsync(LutShowArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Slowest < 0)
            throw new UsageException("--slowest counts entries: use 0 or more.");
        LatencyTable table = LatencyTableJson.Load(options.Table);
        if (options.Network is { } file)
        {
            WriteNetwork(console, table, options.Table, file, options.Json);
            return Task.FromResult(ExitCodes.Done);
        }
        string validation = TableValidationFile.Beside(options.Table);
        string? validated = File.Exists(validation) ? ValidationSentence.Of(table, validation) : null;
        if (options.Json)
        {
            ConsoleJson.Write(console, TableDocument.Of(table, options.Slowest, validated));
            return Task.FromResult(ExitCodes.Done);
        }
        LatencyTableReport.Write(console, table, options.Slowest);
        if (validated is not null)
            console.WriteLine(validated);
        return Task.FromResult(ExitCodes.Done);
    }

    private static void WriteNetwork(IAnsiConsole console, LatencyTable table, string path, string file, bool json)
    {
        if (Directory.Exists(file))
            throw new UsageException($"'{file}' is a folder: name a derived network in it, such as its student.json, with --network.");
        DerivedArchitecture architecture = DerivedArchitectureJson.Load(file);
        SearchSpace space = table.Space
            ?? throw new UserErrorException(
                $"{path} does not say the space that it was made for, so the input size of {file} is not known: name a table that "
                    + "'fasterseg profile' or 'fasterseg lut import' made for a space."
            );
        NetworkPlan plan = NetworkPlan.Of(architecture, space);
        try
        {
            var estimate = NetworkEstimate.Of(table, plan);
            if (json)
                ConsoleJson.Write(console, NetworkDocument.Of(table, plan, estimate));
            else
                NetworkReport.Write(console, plan, estimate, table);
        }
        catch (MissingLatencyException missing)
        {
            throw new UserErrorException(
                $"{path} has no latency of '{missing.Spec}', which {file} needs: it is the table of another space, or that operator "
                    + "failed.",
                missing
            );
        }
    }
}
