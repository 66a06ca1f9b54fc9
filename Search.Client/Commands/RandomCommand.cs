using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg random</c>: a random network as fast as a searched one, the baseline that a search must beat.</summary>
public static class RandomCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var like = new Option<string>("--like")
        {
            HelpName = "DIR",
            Required = true,
            Description = "The run whose student sets the latency.",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "DIR",
            Required = true,
            Description = "The folder of the run with the random student.",
        };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed gives another network." };
        var tolerance = new Option<double>("--tolerance")
        {
            DefaultValueFactory = _ => 0.02,
            Description = "Largest relative difference of the estimates.",
        };
        var command = new Command(
            "random",
            "Makes a run with a random student that has the estimated latency of a searched one. Table, configuration and "
                + "teacher are copied."
        )
        {
            like,
            output,
            seed,
            tolerance,
        };
        command.SetAction(
            (parsed, token) =>
                Task.FromResult(
                    Run(
                        new RandomArguments(
                            parsed.GetRequiredValue(like),
                            parsed.GetRequiredValue(output),
                            parsed.GetValue(seed),
                            parsed.GetValue(tolerance)
                        ),
                        console,
                        token
                    )
                )
        );
        return command;
    }

    /// <summary>Draws until one fits, and writes the run.</summary>
    public static int Run(RandomArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (!(options.Tolerance is > 0 and <= 1))
            throw new UsageException(
                FormattableString.Invariant($"--tolerance is {options.Tolerance}: name a share above 0 and up to 1, e.g. 0.02.")
            );
        RunFolder.RequireNone(options.Out);
        RunFolder.RequireNew(options.Out);
        RunFolder like = RunFolder.Open(options.Like);
        FasterSegOptions configuration = ConfigurationLoader.Load(like.Configuration);
        SearchSpace space = configuration.Space.ToSpace();
        LatencyTable table = RunFile.Table(like);
        DerivedArchitecture searched = RunFile.Network(like, Role.Student);
        double wanted = NetworkEstimate.Of(table, NetworkPlan.Of(searched, space)).TotalMs;
        var (architecture, estimate) = RandomArchitectures.Near(
            space,
            Role.Student,
            table,
            wanted,
            options.Tolerance,
            options.Seed,
            cancellation: cancellationToken
        )
            ?? throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No random student came within {100 * options.Tolerance} % of {wanted:F3} ms: raise --tolerance or try another --seed."
                )
            );

        configuration.Machine = MachineOptions.Here();
        // Its folder has no shared weights.
        configuration.Training.Start = TrainingStart.Scratch;
        NewRun.Begin(options.Out, run => Write(run, like, architecture, configuration, (options, wanted, estimate))).Keep();
        var run = RunFolder.Open(options.Out);
        NetworkPlan plan = NetworkPlan.Of(architecture, space);
        new NetworkPictures().Save(run, plan, table);
        NetworkReport.Write(console, plan, NetworkEstimate.Of(table, plan), table);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Random student of seed {options.Seed}: {estimate:F3} ms estimated; the searched one: {wanted:F3} ms."
            )
        );
        ConsoleText.Write(console, Suggestion.NextIn(run, "KIND:DIR"));
        return ExitCodes.Done;
    }

    private static void Write(
        RunFolder run,
        RunFolder like,
        DerivedArchitecture architecture,
        FasterSegOptions configuration,
        (RandomArguments Options, double LikeMs, double EstimateMs) draw
    )
    {
        TeacherTraining.Copy(like.Table, run.Table);
        TeacherTraining.Copy(like.Classes, run.Classes);
        TeacherTraining.Copy(like, run);
        DerivedArchitectureJson.Save(architecture, run.Architecture(Role.Student));
        // The configuration is the searched run's, its seed too: what drew this network is kept beside it.
        RunJson.Save(
            run.RandomDraw,
            new
            {
                draw.Options.Seed,
                draw.Options.Tolerance,
                draw.LikeMs,
                draw.EstimateMs,
            }
        );
        ConfigurationLoader.Save(configuration, run.Configuration);
    }
}
