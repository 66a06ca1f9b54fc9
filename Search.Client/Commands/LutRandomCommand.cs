using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Search.Client.Reporting;
using Google.Protobuf;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut random</c>: a random network of a latency band, of a table alone.</summary>
public static class LutRandomCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var table = new Argument<string>("TABLE") { Description = "The table's JSON file." };
        var target = new Option<string>("--target")
        {
            HelpName = "BAND",
            DefaultValueFactory = _ => LatencyTarget.Automatic,
            Description = "Where the estimate shall lie, e.g. '20-24 ms' or '155-175 fps'; auto is the fast side of random networks.",
        };
        Option<string> role = RunOptions.Role("Whose network to draw.", "student");
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed gives another network." };
        Option<string> output = CommonOptions.Out("The network's file, JSON, as a run's student.json.");
        var onnx = new Option<string?>("--onnx")
        {
            HelpName = "FILE",
            Description = "Also write the network with random weights, to be measured: weights do not change a latency.",
        };
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("random", "Draws a random network whose estimate lies in a latency band. No images are needed.")
        {
            table,
            target,
            role,
            seed,
            output,
            onnx,
            overwrite,
        };
        command.SetAction(
            (parsed, token) =>
                Task.FromResult(
                    Run(
                        new LutRandomArguments(
                            parsed.GetRequiredValue(table),
                            parsed.GetRequiredValue(target),
                            RunOptions.Parse(parsed.GetRequiredValue(role)),
                            parsed.GetValue(seed),
                            parsed.GetRequiredValue(output),
                            parsed.GetValue(onnx),
                            parsed.GetValue(overwrite)
                        ),
                        console,
                        token
                    )
                )
        );
        return command;
    }

    /// <summary>Draws until one fits, writes it and shows it.</summary>
    /// <exception cref="UserErrorException">The table is not one of a whole space, or no network that was drawn lies in the
    /// band.</exception>
    /// <exception cref="UsageException">No network of the space lies in the band.</exception>
    public static int Run(LutRandomArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        OutputFile.Require(options.Out, "--out", options.Overwrite, options.Table);
        if (options.Onnx is not null)
            OutputFile.Require(options.Onnx, "--onnx", options.Overwrite, options.Table);
        OutputFile.RequireDistinct(("--out", options.Out), ("--onnx", options.Onnx));
        LatencyTable table = LatencyTableJson.Load(options.Table);
        SearchSpace space = table.Space
            ?? throw new UserErrorException(
                $"{options.Table} does not say the space that it was made for, so no network can be drawn: name a table that 'fasterseg "
                    + "profile' or 'fasterseg lut import' made for a space."
            );
        TableCoverage.Require(table, space, options.Table);
        ReachableLatencies.Require(options.Target, space, table, options.Seed, "--target", options.Role);
        LatencyTarget band = TargetBand.Resolve(options.Target, space, table, options.Seed, options.Role);
        // The band as a middle and a share of it.
        (DerivedArchitecture network, double estimate) = RandomArchitectures.Near(
            space,
            options.Role,
            table,
            band.MiddleMs,
            (band.HighMs - band.MiddleMs) / band.MiddleMs,
            options.Seed,
            cancellation: cancellationToken
        ) ?? throw new UserErrorException(Missed(options, space, table, band));
        NetworkPlan plan = NetworkPlan.Of(network, space);
        DerivedArchitectureJson.Save(network, options.Out);
        if (options.Onnx is { } onnx)
            AtomicFile.WriteAllBytes(onnx, NetworkModel.Build(plan, Math.Max(1, table.Identity.BatchSize)).ToByteArray());
        NetworkReport.Write(console, plan, NetworkEstimate.Of(table, plan), table);
        int digits = band.DigitsBeside(estimate);
        console.WriteLine($"Random {options.Role.Name()} of seed {options.Seed} in {band.ToString(digits)}, written to {options.Out}.");
        if (options.Onnx is { } written)
            ConsoleText.Write(
                console,
                CommandText.Below("With random weights, to be measured:", Suggestion.Of("measure", "--onnx", written))
            );
        return ExitCodes.Done;
    }

    private static string Missed(LutRandomArguments options, SearchSpace space, LatencyTable table, LatencyTarget band)
    {
        (double low, double high) = ReachableLatencies.Of(space, table, options.Role);
        return $"No random {options.Role.Name()} came into the target {band}, though the space's take from "
            + $"{new LatencyTarget(low, high, band.Batch)}: name a wider band with --target, nearer to the middle, or another --seed.";
    }
}
