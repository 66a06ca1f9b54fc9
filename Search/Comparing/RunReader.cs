using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;

namespace FasterSeg.Search.Comparing;

/// <summary>Reads what a run folder says about its networks.</summary>
public static class RunReader
{
    private const int LargestDraw = 1 << 16; // bytes; a real one has about a hundred

    /// <summary>The networks of a run, student first; none where its search has not come to its end.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="UserErrorException">There is no run, or a file of it cannot be read; the message names it.</exception>
    public static IReadOnlyList<ComparedNetwork> Read(string path, string name)
    {
        var folder = RunFolder.Open(path);
        Role[] roles = [.. new[] { Role.Student, Role.Teacher }.Where(role => File.Exists(folder.Architecture(role)))];
        if (roles.Length == 0)
            return [];

        FasterSegOptions options = ConfigurationLoader.Load(folder.Configuration);
        SearchSpace space = options.Space.ToSpace();
        LatencyTable table = RunFile.Table(folder);
        var run = new ComparedRun(
            name,
            path,
            options,
            table.Identity,
            TargetBand.Resolve(options.Searching.Target, space, table, options.Seed),
            RandomSeed(folder, options)
        );
        IReadOnlyList<SearchedPair> searched = File.Exists(folder.SearchResult) ? SearchResultFile.Read(folder.SearchResult) : [];
        // The teacher of a random run is a copy of the searched run's.
        return
        [
            .. roles
                .Where(role => role == Role.Student || !run.IsRandom)
                .Select(role => Network(folder, run, role, space, table, searched)),
        ];
    }

    private static ComparedNetwork Network(
        RunFolder folder,
        ComparedRun run,
        Role role,
        SearchSpace space,
        LatencyTable table,
        IReadOnlyList<SearchedPair> searched
    )
    {
        DerivedArchitecture architecture = RunFile.Network(folder, role);
        StoredEvaluation? evaluation = StoredEvaluation.Load(folder, role, "val");
        // Measured on the search's end or with an evaluation: the first says more of what it was measured on. Both are of its size.
        KeptLatency? measured = MeasuredNetwork.Load(folder).FirstOrDefault(network => network.Role == role)?.Latency
            ?? evaluation?.Latency;
        // A training may have had settings of its own.
        run = run with { Options = ConfigurationLoader.Load(folder.ConfigurationOf(role)) };
        // Latencies are of the deployed size: an accuracy at another one is no figure of the same network.
        bool isDeployed = evaluation?.Size == EvaluationMode.SizeOf(space.Height, space.Width);
        return new ComparedNetwork(
            run,
            architecture,
            Estimate(folder, architecture, space, table),
            measured,
            searched.FirstOrDefault(pair => pair.Role == role && pair.ShallowScale == architecture.Shallow.LastScale)?.SupernetMeanIou,
            isDeployed ? evaluation : null
        )
        {
            OtherSize = isDeployed ? null : evaluation?.Size,
        };
    }

    private static double Estimate(RunFolder folder, DerivedArchitecture architecture, SearchSpace space, LatencyTable table)
    {
        try
        {
            return NetworkEstimate.Of(table, NetworkPlan.Of(architecture, space)).TotalMs;
        }
        catch (MissingLatencyException missing)
        {
            throw new DamagedRunException(
                $"{folder.Table} has no entry for '{missing.Spec}' of the run's "
                    + $"{architecture.Role.Name()}: it is not the table of this run.",
                missing
            );
        }
    }

    /// <summary>A random run has a draw and no search; one that an older build made says no more than that it has no search.</summary>
    private static int? RandomSeed(RunFolder folder, FasterSegOptions options)
    {
        if (!File.Exists(folder.RandomDraw))
            return File.Exists(folder.SearchResult) || File.Exists(folder.Parameters) ? null : options.Seed;
        return RunFile.Read(
            folder.RandomDraw,
            LargestDraw,
            "does not say how the student was drawn",
            "make the run again with 'fasterseg random'",
            draw => draw.GetProperty("seed").GetInt32()
        );
    }
}
