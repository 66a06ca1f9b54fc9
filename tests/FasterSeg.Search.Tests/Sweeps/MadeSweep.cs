using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Sweeps;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>Sweeps that are planned, and whose commands nobody runs.</summary>
internal static class MadeSweep
{
    /// <summary>Two settings, a baseline and so many seeds, with two retries.</summary>
    public static SweepFolder Write(TemporaryFolder folder, int seeds = 1, string stages = "\"search\", \"teacher\", \"student\"")
    {
        SweepPlan plan = Plan(folder, seeds, stages);
        return plan.Save(
            folder["sweep"],
            plan.Tables.ToDictionary(table => table.Name, table => TinySpace.Table(table.Of.Space.ToSpace())),
            DateTimeOffset.UnixEpoch
        );
    }

    /// <summary>The same, before it is written.</summary>
    public static SweepPlan Plan(TemporaryFolder folder, int seeds = 1, string stages = "\"search\", \"teacher\", \"student\"")
    {
        ConfigurationLoader.Save(TinySearch.Options(), folder["tiny.json"]);
        LatencyTableJson.Save(TinySpace.Table(TinySearch.Options().Space.ToSpace()), folder["t.json"]);
        return SweepPlan.Of(
            SweepOptions.Load(
                folder.Write(
                    "s.json",
                    $$"""
                    {
                      "configs": ["tiny.json"], "data": "synthetic", "lut": "t.json",
                      "seeds": [{{string.Join(", ", Enumerable.Range(1, seeds))}}], // comments are allowed
                      "settings": { "searched": [], "joint": ["searching:latencyTerms=joint"] }, "baselines": ["random"],
                      "stages": [{{stages}}], "retries": 2,
                    }
                    """
                )
            )
        );
    }
}

/// <summary>Commands that end as a test says, at once.</summary>
internal sealed class MadeEnds(Func<IReadOnlyList<string>, int, StageEnd> end) : IStageRunner
{
    public static readonly StageEnd Well = new(0, "");

    private readonly List<IReadOnlyList<string>> commands = [];

    public IReadOnlyList<IReadOnlyList<string>> Commands
    {
        get
        {
            lock (commands)
                return [.. commands];
        }
    }

    /// <summary>How often a command of a run was begun.</summary>
    public int Count(params string[] words) => Commands.Count(command => words.All(word => Is(command, word)));

    /// <summary>Whether a command has a word, or names a file or folder so.</summary>
    public static bool Is(IReadOnlyList<string> command, string word) =>
        command.Any(each => each == word || Path.GetFileName(each) == word);

    public Task<StageEnd> RunAsync(
        IReadOnlyList<string> command,
        string stageLock,
        string log,
        IChainLease? lease,
        CancellationToken cancellation
    )
    {
        int before;
        lock (commands)
        {
            before = commands.Count(other => other.SequenceEqual(command));
            commands.Add(command);
        }
        return Task.Run(
            () =>
            {
                StageEnd ended = end(command, before);
                if (
                    ended.Code == 0
                    && command[0] == "search"
                    && command.SkipWhile(word => word != "--out").ElementAtOrDefault(1) is { } run
                )
                    File.WriteAllText(Path.Combine(Directory.CreateDirectory(run).FullName, "config.json"), "{}");
                return ended;
            },
            CancellationToken.None
        );
    }
}
