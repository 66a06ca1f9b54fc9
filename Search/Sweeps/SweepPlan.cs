using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>The chains of a sweep that is about to be planned, with all that can be known to be wrong before the first step.</summary>
public sealed class SweepPlan
{
    private readonly IReadOnlyList<(SweepChain Chain, FasterSegOptions Options)> planned;

    private SweepPlan(SweepOptions options, IReadOnlyList<(SweepChain, FasterSegOptions)> planned) =>
        (Options, this.planned) = (options, planned);

    /// <summary>What the user wrote.</summary>
    public SweepOptions Options { get; }

    /// <summary>The chains, seed after seed, so that the first seed of all settings can be compared early.</summary>
    public IEnumerable<SweepChain> Chains => planned.Select(each => each.Chain);

    /// <summary>The chains, with what each is configured to.</summary>
    internal IReadOnlyList<(SweepChain Chain, FasterSegOptions Options)> Planned => planned;

    /// <summary>What each chain is configured to, by its name.</summary>
    public IEnumerable<(string Chain, FasterSegOptions Options)> Configurations => planned.Select(each => (each.Chain.Name, each.Options));

    /// <summary>The tables that the chains need, each with a configuration that it is of.</summary>
    public IReadOnlyList<(string Name, FasterSegOptions Of)> Tables =>
        [.. planned.DistinctBy(each => each.Chain.Table).Select(each => (each.Chain.Table, each.Options))];

    /// <summary>Whether sums are rounded by how many cores a machine has.</summary>
    public bool DependsOnCores => planned.Any(each => each.Options.Threads == 0);

    /// <summary>Makes the chains; opens their configurations and data.</summary>
    /// <exception cref="UsageException">A configuration cannot be, or does not fit to the data or the stages.</exception>
    /// <exception cref="UserErrorException">The data set is missing or broken.</exception>
    public static SweepPlan Of(SweepOptions options)
    {
        var tables = new Dictionary<string, string>(StringComparer.Ordinal);
        var opened = new Dictionary<string, SegmentationDataset>(StringComparer.Ordinal);
        var chains = new List<(SweepChain, FasterSegOptions)>();
        foreach (int seed in options.Seeds)
        {
            foreach (string config in options.Configs)
            {
                foreach ((string settings, string[] sets) in Settings(options))
                    chains.Add(Chain(options, config, settings, sets, seed, tables, opened));
            }
        }
        return new SweepPlan(options, chains);
    }

    /// <summary>The file that the user wrote of a chain's configuration.</summary>
    internal string SourceOf(SweepChain chain) => Options.Configs.Single(config => NameOf(config) == chain.Config);

    /// <summary>Passes tables on which every chain can be searched.</summary>
    /// <param name="tables">By the names of <see cref="Tables"/>.</param>
    /// <exception cref="UserErrorException">A table lacks operators.</exception>
    /// <exception cref="UsageException">No student lies in a chain's target band.</exception>
    public void Require(IReadOnlyDictionary<string, LatencyTable> tables)
    {
        foreach ((SweepChain chain, FasterSegOptions of) in planned)
        {
            LatencyTable table = tables[chain.Table];
            Of(chain.Name, () =>
            {
                TableCoverage.Require(table, of.Space.ToSpace(), Options.Lut ?? "The latency table");
                ReachableLatencies.Require(of.Searching.Target, of.Space.ToSpace(), table, of.Seed);
            });
        }
    }

    /// <summary>Passes a folder in which a sweep can be made.</summary>
    /// <exception cref="UserErrorException">Something lies there, or it is a data set's.</exception>
    public static void RequireNew(string path)
    {
        if (SweepFolder.Exists(path))
            throw new UserErrorException(
                CommandText.Below(
                    $"{path} holds a sweep already, which nothing changes: name another folder, or go on with it:",
                    CommandText.Of("fasterseg", "sweep", "run", path)
                )
            );
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new UserErrorException($"{path} is there already, and is not empty: name a new folder for the sweep.");
        if (DatasetLocator.FolderAround(path) is { } data)
            throw new UsageException($"{path} is in the images and labels of {data}: name another folder for the sweep.");
    }

    /// <summary>Makes the sweep's folder. It holds a sweep when all else is in it.</summary>
    /// <param name="path">A new folder.</param>
    /// <param name="tables">By the names of <see cref="Tables"/>.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UserErrorException">It cannot be written; nothing stays then.</exception>
    public SweepFolder Save(string path, IReadOnlyDictionary<string, LatencyTable> tables, DateTimeOffset now)
    {
        RequireNew(path);
        bool isNew = !Directory.Exists(path);
        try
        {
            foreach (string config in Options.Configs)
                AtomicFile.WriteAllBytes(SweepFolder.ConfigurationIn(path, NameOf(config)), UserFile.Read(config, 1 << 20));
            foreach ((string name, LatencyTable table) in tables)
                LatencyTableJson.Save(table, SweepFolder.TableIn(path, name));
            RunJson.Save(
                SweepFolder.SweepIn(path),
                new Sweep(Sweep.Newest, now, Options.Data, Options.Profiler, Options.Pool, Options.Retries, Options.Stages, [.. Chains])
            );
        }
        catch
        {
            foreach (string part in new[] { "configs", "tables" }.Select(part => Path.Combine(path, part)).Where(Directory.Exists))
                Directory.Delete(part, recursive: true);
            if (isNew && Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            throw;
        }
        return SweepFolder.Open(path);
    }

    private static IEnumerable<(string Name, string[] Sets)> Settings(SweepOptions options)
    {
        if (options.Settings.Count == 0)
            yield return ("", []);
        foreach ((string name, string[] sets) in options.Settings)
            yield return (name, sets);
        foreach (SearchMethod baseline in options.Baselines)
            // What the configuration's search does with its finalists is no part of a baseline.
            yield return (baseline.Word(), [$"searching:method={baseline.Word()}", "halving:finalists=0"]);
    }

    private static (SweepChain, FasterSegOptions) Chain(
        SweepOptions sweep,
        string config,
        string settings,
        string[] sets,
        int seed,
        Dictionary<string, string> tables,
        Dictionary<string, SegmentationDataset> opened
    )
    {
        // One configuration needs no name where its settings have one.
        string[] words = [sweep.Configs.Length > 1 || settings.Length == 0 ? Path.GetFileNameWithoutExtension(config) : "", settings];
        string of = string.Join('-', words.Where(word => word.Length > 0)),
            name = FormattableString.Invariant($"{of}-seed{seed}");
        string[] all = [.. sets, FormattableString.Invariant($"seed={seed}")];
        FasterSegOptions options = null!;
        IReadOnlyList<PhaseCost> costs = [];
        Of(name, () =>
        {
            options = ConfigurationLoader.Load(config, all);
            string drawn = JsonSerializer.Serialize(options.Data);
            if (!opened.TryGetValue(drawn, out SegmentationDataset? data))
                opened.Add(drawn, data = DatasetLocator.Open(sweep.Data, options.Data));
            data.RequireClasses(options.Space);
            if (
                sweep.Stages.Contains(SweepStage.Student)
                && !sweep.Stages.Contains(SweepStage.Teacher)
                && options.Training.DistillationWeight > 0
            )
                throw new UsageException(
                    "The student learns from a teacher, and 'teacher' is none of stages: add it, or set training:distillationWeight=0."
                );
            costs = PhaseCosts.Of(options, data, sweep.Stages);
        });
        // Chains whose operators are measured in the same way share a table, so that their latencies can be compared.
        string measured = sweep.Lut ?? JsonSerializer.Serialize(new { options.Space, options.Measuring });
        if (!tables.TryGetValue(measured, out string? table))
            tables.Add(measured, table = tables.Count == 0 ? "table.json" : FormattableString.Invariant($"table-{tables.Count + 1}.json"));
        return (new SweepChain(name, NameOf(config), table, of, seed, all, costs), options);
    }

    private static string NameOf(string config) => Path.GetFileNameWithoutExtension(config) + ".json";

    /// <summary>Says of which chain a fault is.</summary>
    private static void Of(string chain, Action check)
    {
        try
        {
            check();
        }
        catch (UsageException fault)
        {
            throw new UsageException($"Chain {chain}: {fault.Message}", fault);
        }
        catch (UserErrorException fault)
        {
            throw new UserErrorException($"Chain {chain}: {fault.Message}", fault);
        }
    }
}
