using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Comparing;

/// <summary>Several runs side by side.</summary>
/// <param name="Sets">Networks that can be compared number by number; students first.</param>
/// <param name="Groups">Networks whose runs differ by their seed only.</param>
/// <param name="Differences">In what else the configurations within a set differ.</param>
/// <param name="Notes">Sentences: what cannot be compared, and what was left out.</param>
public sealed record RunComparison(
    IReadOnlyList<ComparedSet> Sets,
    IReadOnlyList<SeedGroup> Groups,
    IReadOnlyList<ConfigurationDifference> Differences,
    IReadOnlyList<string> Notes
)
{
    /// <summary>The sets of the students, which are what is deployed.</summary>
    public IEnumerable<ComparedSet> Students => Sets.Where(set => set.Networks[0].Role == Role.Student);

    /// <summary>For every set of students the one to keep.</summary>
    public IReadOnlyList<Recommendation> Recommendations => [.. Students.Select(set => Recommendation.Of(set, Groups, LetterOf(set)))];

    /// <summary>For each set of students with several settings over several seeds, what their means say; it stands before the run to
    /// keep.</summary>
    public IReadOnlyList<string> Settings =>
        [.. Students.Select(set => SettingsMeans.Sentence(set, Groups, LetterOf(set))).OfType<string>()];

    /// <summary>The letter that a set has where there are several of a role: A, B, ...; else nothing.</summary>
    public string LetterOf(ComparedSet set)
    {
        ComparedSet[] ofRole = [.. Sets.Where(other => other.Networks[0].Role == set.Networks[0].Role)];
        return ofRole.Length == 1 ? "" : ((char)('A' + Math.Min(25, Array.IndexOf(ofRole, set)))).ToString();
    }

    /// <summary>Reads run folders and compares them.</summary>
    /// <param name="paths">The folders, each once.</param>
    /// <param name="goesOn">The command that goes on with a run's search where it is not 'search --resume'.</param>
    /// <exception cref="UsageException">A folder is named twice or holds no run, or a file of a run cannot be read.</exception>
    /// <exception cref="UserErrorException">No run has a network.</exception>
    public static RunComparison Read(IReadOnlyList<string> paths, Func<string, string?>? goesOn = null)
    {
        if (paths.GroupBy(Whole).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"{twice.First()} is named twice: name each run once.");
        string[] strangers = [.. paths.Where(path => !RunFolder.Exists(path))];
        if (strangers.Length > 0)
            throw new UsageException(
                $"{string.Join(", ", strangers)} {(strangers.Length == 1 ? "holds" : "hold")} no run (no config.json): leave "
                    + $"{(strangers.Length == 1 ? "it" : "them")} out, or name the folders that 'fasterseg search --out' made."
            );

        var notes = new List<string>();
        var networks = new List<ComparedNetwork>();
        foreach (var (path, name) in paths.Zip(Names(paths)))
        {
            IReadOnlyList<ComparedNetwork> found = RunReader.Read(path, name);
            if (found.Count == 0)
                notes.Add(WhyLeftOut(path, name, goesOn));
            networks.AddRange(found);
            var run = RunFolder.Open(path);
            notes.AddRange(
                from network in found
                let unfinished = UnfinishedTraining.LoadSound(run, network.Role)
                where unfinished is not null
                select $"{name}: the training of its {network.Role.Name()} is not finished, {unfinished} are behind it."
            );
        }
        if (networks.Count == 0)
            throw new UserErrorException(
                $"There is nothing to compare: no run's network in {string.Join(", ", paths)}. "
                    + (
                        paths.Any(path => RunFolder.Open(path).FrontNetworks > 0)
                            ? "A front's networks stand in its front.json; 'fasterseg derive --run' with --target makes a run of one."
                            : "Let a search come to its end first."
                    )
            );
        return Of(networks, notes);
    }

    private static string WhyLeftOut(string path, string name, Func<string, string?>? goesOn)
    {
        var run = RunFolder.Open(path);
        return run.FrontNetworks is > 0 and int networks
            ? CommandText.Below(
                $"{name} is left out: it is a front of {Plural.Of(networks, "network")}, which are not trained ({run.Front} has their "
                    + "figures). Make a run of one by its latency:",
                CommandText.Of("fasterseg", "derive", "--run", "RUN", "--data", "KIND:DIR", "--target", "LOW-HIGH ms", "--out", "DIR")
            )
            : CommandText.Below(
                $"{name} is left out: its search has not come to its end. Go on with it:",
                goesOn?.Invoke(path) ?? CommandText.Of("fasterseg", "search", "--resume", "--data", "KIND:DIR", "--out", path)
            );
    }

    /// <summary>Compares networks.</summary>
    /// <param name="networks">At least one.</param>
    /// <param name="told">Notes that are there already.</param>
    public static RunComparison Of(IReadOnlyList<ComparedNetwork> networks, IEnumerable<string> told)
    {
        List<string> notes = [.. told];
        ComparedSet[] sets =
        [
            .. networks
                .GroupBy(network => network.Role)
                .OrderByDescending(role => role.Key == Role.Student)
                .SelectMany(role => ComparedSets.Of([.. role], notes.Add)),
        ];
        return new RunComparison(sets, SeedGroup.Of(networks), WithinSets(sets), [.. notes.Distinct()]);
    }

    /// <summary>Within sets only: runs that are not compared differ in nearly everything, which explains nothing.</summary>
    private static List<ConfigurationDifference> WithinSets(ComparedSet[] sets)
    {
        var told = new List<ConfigurationDifference>();
        foreach (
            ConfigurationDifference difference in sets.SelectMany(set =>
                ConfigurationDifference.Of([.. set.Networks.Select(network => network.Run)])
            )
        )
        {
            // The teachers' runs are among the students' mostly, and were told with them.
            if (!told.Exists(other => other.Key == difference.Key && !difference.Runs.Except(other.Runs).Any()))
                told.Add(difference);
        }
        return told;
    }

    private static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>The folders' own names where they differ, else the paths.</summary>
    private static string[] Names(IReadOnlyList<string> paths)
    {
        string[] names = [.. paths.Select(path => Path.GetFileName(Whole(path)))];
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : [.. paths];
    }
}
