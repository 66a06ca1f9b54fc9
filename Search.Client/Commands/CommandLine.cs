using System.CommandLine;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The whole command line of <c>fasterseg</c>.</summary>
public static class CommandLine
{
    // Commands whose steps end in a checkpoint, and those that go on when they are given once more.
    private static readonly string[] Saving = ["search", "train", "quickstart", "run", "work", "agent"],
        GoingOn = ["profile", "validate"];

    // Of a table with a budget the profiler keeps nothing.
    private const string Unkept = "--budget";

    /// <summary>Reads the arguments and runs their command.</summary>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="console">Where commands print.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="cancellationToken">Canceled where the user interrupts.</param>
    /// <param name="ranks">The processes that run the command together; null where it is this one alone.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        IAnsiConsole console,
        TextWriter error,
        CancellationToken cancellationToken,
        RankSession? ranks = null
    )
    {
        ParseResult parsed = Create(console, ranks).Parse(arguments);
        var invocation = new InvocationConfiguration
        {
            Output = console.Profile.Out.Writer,
            Error = error,
            // Interruptions and exceptions are handled in one place each: Interruption and ErrorBoundary.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        // Help is given whatever else is there.
        IReadOnlyList<string> unknown =
            parsed.Action is ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action
                ? WrongUsage.UnknownOptions(parsed, arguments)
                : [];
        IReadOnlyList<string> empty = WrongUsage.Empty(parsed);
        if (parsed.Action is ParseErrorAction || unknown.Count + empty.Count > 0)
        {
            if (arguments.Length == 0)
                Create(console).Parse("--help").Invoke(invocation);
            else
                WrongUsage.Write(parsed, unknown, empty, error);
            return ExitCodes.WrongUsage;
        }
        string name = parsed.CommandResult.Command.Name;
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The latest registration is called first: whoever pressed hears at once, however long the work takes to notice.
        using CancellationTokenRegistration answer = cancellationToken.Register(() =>
        {
            // Standard output is for JSON alone there.
            if (arguments.Contains(CommonOptions.JsonName))
                error.WriteLine(Answer(name));
            else
                console.WriteLine(Answer(name));
        });
        return await ErrorBoundary
            .RunAsync(
                () => parsed.InvokeAsync(invocation, interrupted.Token),
                error,
                parsed.GetValue<bool>(CommonOptions.VerboseName),
                interrupted.Token,
                GoingOn.Contains(name) && !arguments.Any(argument => argument.StartsWith(Unkept, StringComparison.Ordinal))
                    ? Suggestion.Of(arguments)
                    : null
            )
            .ConfigureAwait(false);
    }

    /// <summary>What a command answers to an interruption.</summary>
    private static string Answer(string command) =>
        (Saving.Contains(command) ? "Saving at the end of this step" : "Stopping") + "; press again to stop at once.";

    /// <summary>The root command with all commands. A new command is one class and one line here.</summary>
    public static RootCommand Create(IAnsiConsole console, RankSession? ranks = null) =>
        new(
            "Searches for the fastest segmentation network that is accurate enough on "
                + "the device that will run it (FasterSeg, ICLR 2020).\n\n"
                + "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 profiler not reachable, 130 interrupted."
        )
        {
            QuickstartCommand.Create(console),
            DeviceCommand.Create(console),
            FleetCommand.Create(console),
            ConfigCommand.Create(console),
            ProfileCommand.Create(console),
            LutCommand.Create(console),
            DataCommand.Create(console),
            SearchCommand.Create(console),
            TrainCommand.Create(console, ranks),
            EvalCommand.Create(console),
            ExportCommand.Create(console),
            MeasureCommand.Create(console),
            PredictCommand.Create(console),
            DeriveCommand.Create(console),
            RandomCommand.Create(console),
            CompareCommand.Create(console),
            ReportCommand.Create(console),
            WatchCommand.Create(console),
            SweepCommand.Create(console),
            AgentCommand.Create(console),
            CommonOptions.Verbose(),
        };
}
