using System.Globalization;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <c>fasterseg sweep</c> prints of a plan and of how far it is.</summary>
internal static class SweepReport
{
    /// <summary>Prints the chains of a plan, and what they will cost.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="timing">What some steps took here; null where none were timed.</param>
    /// <param name="earlier">A sweep whose times are taken; null is none.</param>
    public static void WritePlan(IAnsiConsole console, SweepPlan plan, SweepTiming? timing, SweepFolder? earlier)
    {
        SweepChain[] chains = [.. plan.Chains];
        Table table = Start("no.", "chain", "table", "changes");
        for (int at = 0; at < chains.Length; at++)
            AddRow(table, Figures.Count(at), chains[at].Name, chains[at].Table, string.Join("  ", chains[at].Sets));
        console.Write(table);

        console.Write(Costs(chains, timing));
        PhaseCost[] all = [.. chains.SelectMany(chain => chain.Costs)];
        console.WriteLine(
            FormattableString.Invariant($"In all {chains.Length} chains of {string.Join(", ", plan.Options.Stages.Select(Word))}: ")
                + $"{Thousands(all.Sum(cost => cost.Steps))} steps, {Thousands(all.Sum(cost => cost.Images))} images."
        );
        if (timing is not null)
            WriteTiming(console, plan, chains, timing);
        else
            WriteHours(console, plan, chains, earlier);
        if (plan.DependsOnCores)
            console.WriteLine(
                "note: threads is 0, one for each core: several workers on a CPU wait for each other then, and another machine rounds "
                    + "otherwise. Set threads in the configuration to have the same figures everywhere."
            );
    }

    /// <summary>Prints how far the chains of a sweep are.</summary>
    public static void WriteStatus(IAnsiConsole console, SweepStatus status)
    {
        Sweep sweep = status.Folder.Sweep;
        Table table = Start(["no.", "chain", "is", .. sweep.Stages.Select(Word), "attempts", "left"]);
        for (int at = 0; at < status.Chains.Count; at++)
        {
            ChainStatus chain = status.Chains[at];
            AddRow(
                table,
                [
                    Figures.Count(at),
                    chain.Chain.Name,
                    chain.Work.Word(),
                    .. sweep.Stages.Select(stage => Cell(chain, stage)),
                    Figures.Count(chain.State.Stages.Values.Sum(stage => stage.Attempts)),
                    chain.Work == ChainWork.Done ? "" : Duration(chain.SecondsLeft),
                ]
            );
        }
        console.Write(table);
        foreach (ChainStatus chain in status.Chains.Where(chain => chain.Failure is not null))
            ConsoleText.Write(console, $"{chain.Chain.Name}: {StageEnd.Told(chain.Failure!)}");
        int done = status.Chains.Count(chain => chain.Work == ChainWork.Done);
        string left = status.Chains.All(chain => chain.SecondsLeft is not null)
            ? $"; one after the other the rest takes about {Duration(status.Chains.Sum(chain => chain.SecondsLeft))}"
            : "";
        console.WriteLine(
            done == status.Chains.Count
                ? AllDone(done) + "."
                : FormattableString.Invariant($"{done} of {status.Chains.Count} chains are done{left}.")
        );
    }

    /// <summary>Says that nothing is left.</summary>
    public static string AllDone(int chains) =>
        chains == 1 ? "The one chain is done" : FormattableString.Invariant($"All {chains} chains are done");

    /// <summary>The same for JSON.</summary>
    public static object Document(SweepStatus status) =>
        new
        {
            Format = 1,
            Sweep = status.Folder.Path,
            status.Folder.Sweep.Stages,
            Chains = status.Chains.Select(
                (chain, index) =>
                    new
                    {
                        Index = index,
                        chain.Chain.Name,
                        chain.Chain.Settings,
                        chain.Chain.Seed,
                        Run = status.Folder.RunOf(chain.Chain),
                        Is = chain.Work,
                        By = chain.Owner,
                        chain.Failure,
                        chain.SecondsLeft,
                        Stages = status.Folder.Sweep.Stages.ToDictionary(Word, stage => chain.State[stage]),
                    }
            ),
        };

    /// <summary>Seconds in words; nothing where they are not known.</summary>
    internal static string Duration(double? seconds) =>
        seconds is { } known ? ProgressText.Duration(TimeSpan.FromSeconds(Math.Min(known, 1e9))) : "";

    /// <summary>A stage of a chain: how long it took, or how it stands.</summary>
    internal static string Cell(ChainStatus chain, SweepStage stage)
    {
        StageState state = chain.State[stage];
        return state.Done ? Duration(state.Seconds)
            : state.IsRefused ? "refused"
            : state.HasFailed ? "failed"
            : state.Attempts == 0 ? ""
            : chain.Work == ChainWork.Running ? "runs"
            : "interrupted";
    }

    /// <summary>What each phase costs: steps and images for certain, and how long a step took here.</summary>
    private static Table Costs(SweepChain[] chains, SweepTiming? timing)
    {
        Table costs = Start([
            "settings",
            "chains",
            "phase",
            "steps each",
            "images each",
            .. timing is null ? Array.Empty<string>() : ["timed here", "each about"],
        ]);
        foreach (IGrouping<string, SweepChain> group in chains.GroupBy(chain => chain.Settings))
        {
            foreach (PhaseCost cost in group.First().Costs)
                AddRow(
                    costs,
                    [
                        group.Key,
                        Figures.Count(group.Count()),
                        cost.Task.Replace('_', ' '),
                        cost.Steps > 0 ? Thousands(cost.Steps) : "",
                        Thousands(cost.Images),
                        .. timing is null ? Array.Empty<string>() : Timed(cost, timing.Of(group.First(), cost)),
                    ]
                );
        }
        return costs;
    }

    private static string[] Timed(PhaseCost cost, PhaseTime? time) =>
        time is null
            ? ["not timed", ""]
            : [FormattableString.Invariant($"{time.Seconds:0.###} s {(cost.Steps > 0 ? "a step" : "an image")}"), Duration(time.Of(cost))];

    /// <summary>Hours by what some steps took here.</summary>
    private static void WriteTiming(IAnsiConsole console, SweepPlan plan, SweepChain[] chains, SweepTiming timing)
    {
        foreach (string fault in timing.Faults)
            ConsoleText.Write(console, $"note: not timed: {fault}");
        double?[] each = [.. chains.Select(timing.Seconds)];
        if (each.Contains(null))
            return;
        string ofOne =
            Duration(each.Min()) == Duration(each.Max()) ? Duration(each.Max()) : $"{Duration(each.Min())} to {Duration(each.Max())}";
        console.WriteLine(
            FormattableString.Invariant(
                $"By {timing.Count} steps and images that were timed on this machine just now ({timing.Device}): about "
            ) + $"{ofOne} a chain, and {Duration(each.Sum())} in all, one chain after the other."
        );
        console.WriteLine(
            "Not in it: the start of each command, checkpoints, validation during trainings, how networks are chosen, export"
                + (plan.Options.Stages.Contains(SweepStage.Measure) ? ", measuring." : ".")
        );
    }

    private static void WriteHours(IAnsiConsole console, SweepPlan plan, SweepChain[] chains, SweepFolder? earlier)
    {
        if (earlier is null)
        {
            console.WriteLine("How long that takes is not known before a chain is done; 'sweep status' tells it then.");
            return;
        }
        var times = new SweepTimes(SweepStatus.Of(earlier).Chains.Select(chain => (chain.Chain, chain.State)));
        double?[] each = [.. chains.Select(chain => times.Left(chain, ChainState.New, plan.Options.Stages))];
        console.WriteLine(
            each.Contains(null)
                ? $"{earlier.Path} has no finished stage of each kind, so it does not tell how long that takes."
                : $"By the finished stages of {earlier.Path} that takes about {Duration(each.Sum())}, one chain after the other."
        );
    }

    private static string Word(SweepStage stage) => ConfigurationWords.Word(stage);

    private static string Thousands(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static Table Start(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    // What chains are called is text, not markup.
    private static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
}
