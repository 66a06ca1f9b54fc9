using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>All that a run's folder holds so far. What is missing is empty or null: a run may have been searched only, or trained
/// only.</summary>
public sealed class RunContents
{
    private const int LargestConfiguration = 1 << 20;

    private RunContents(RunFolder run) => Run = run;

    /// <summary>The folder.</summary>
    public RunFolder Run { get; }

    /// <summary>What the run was made with.</summary>
    public required FasterSegOptions Configuration { get; init; }

    /// <summary>What the roles' trainings ran with, where they have begun.</summary>
    public required IReadOnlyList<(Role Role, FasterSegOptions Options)> Trainings { get; init; }

    /// <summary>What a role's training ran with, or would.</summary>
    public FasterSegOptions OfTraining(Role role) => OfTraining(Trainings, role, Configuration);

    /// <summary>The same as its file has it.</summary>
    public required string ConfigurationText { get; init; }

    /// <summary>The table; null where there is none.</summary>
    public LatencyTable? Table { get; init; }

    /// <summary>Every scalar of every phase.</summary>
    public required IReadOnlyList<ScalarSeries> Scalars { get; init; }

    /// <summary>Both pairs of branches of each role.</summary>
    public required IReadOnlyList<SearchedPair> Pairs { get; init; }

    /// <summary>The derived networks, student first.</summary>
    public required IReadOnlyList<NetworkContents> Networks { get; init; }

    /// <summary>Those that were measured whole.</summary>
    public required IReadOnlyList<MeasuredNetwork> Measured { get; init; }

    /// <summary>How far the scores by several sets of shared weights agree; null where there are not several.</summary>
    public ScoreAgreement? Agreement { get; init; }

    /// <summary>How well they do.</summary>
    public required IReadOnlyList<StoredEvaluation> Evaluations { get; init; }

    /// <summary>What they answer; empty until somebody shows them images.</summary>
    public IReadOnlyList<ExampleContents> Examples { get; set; } = [];

    /// <summary>Reads a run's folder.</summary>
    /// <exception cref="UserErrorException">A file in it is broken; the message names it.</exception>
    /// <exception cref="MissingLatencyException">Its table lacks a part of a network.</exception>
    public static RunContents Read(RunFolder run)
    {
        FasterSegOptions configuration = ConfigurationLoader.Load(run.Configuration);
        LatencyTable? table = File.Exists(run.Table) ? LatencyTableJson.Load(run.Table) : null;
        (Role Role, FasterSegOptions Options)[] trainings =
        [
            .. from role in new[] { Role.Teacher, Role.Student }
            where File.Exists(run.TrainingConfiguration(role))
            select (role, ConfigurationLoader.Load(run.TrainingConfiguration(role))),
        ];
        return new RunContents(run)
        {
            Configuration = configuration,
            ConfigurationText = Encoding.UTF8.GetString(UserText.Read(run.Configuration, LargestConfiguration).Span),
            Trainings = trainings,
            Table = table,
            Scalars = ScalarSeries.Read(run.Scalars, StepsPerEpoch(run, configuration, trainings)),
            Pairs = File.Exists(run.SearchResult) ? SearchResultFile.Read(run.SearchResult) : [],
            Networks =
            [
                .. from role in new[] { Role.Student, Role.Teacher }
                where File.Exists(run.Architecture(role))
                let plan = NetworkPlan.Of(
                    DerivedArchitectureJson.Load(run.Architecture(role)),
                    configuration.Space.Height,
                    configuration.Space.Width
                )
                select new NetworkContents(plan, table is null ? null : NetworkEstimate.Of(table, plan)),
            ],
            Measured = MeasuredNetwork.Load(run),
            Agreement = ScoreAgreement.Load(run),
            Evaluations = StoredEvaluation.Load(run),
        };
    }

    /// <summary>Of the phases whose configuration tells, and of the one at work.</summary>
    private static Dictionary<string, int> StepsPerEpoch(
        RunFolder run,
        FasterSegOptions configuration,
        IReadOnlyList<(Role Role, FasterSegOptions Options)> trainings
    )
    {
        (string Phase, PhaseOptions Options)[] phases =
        [
            ("pretrain", configuration.Pretrain),
            ("search", configuration.Searching),
            .. Enumerable
                .Range(1, configuration.OneShot.Supernets)
                .Select(supernet => (OneShotTraining.PhaseOf(supernet), (PhaseOptions)configuration.OneShot)),
            .. new[] { Role.Teacher, Role.Student }.Select(role =>
                ("train_" + role.Name(), (PhaseOptions)OfTraining(trainings, role, configuration).Training)
            ),
        ];
        RunProgress? progress = Progress(run);
        return phases
            .Select(phase =>
                (
                    phase.Phase,
                    Steps: phase.Options.StepsPerEpoch > 0 ? phase.Options.StepsPerEpoch
                    : progress?.Task == phase.Phase && phase.Options.Epochs > 0 ? (int)(progress.Total / phase.Options.Epochs)
                    : 0
                )
            )
            .Where(phase => phase.Steps > 0)
            .ToDictionary(phase => phase.Phase, phase => phase.Steps);
    }

    private static FasterSegOptions OfTraining(
        IEnumerable<(Role Role, FasterSegOptions Options)> trainings,
        Role role,
        FasterSegOptions configuration
    ) => trainings.Where(training => training.Role == role).Select(training => training.Options).FirstOrDefault(configuration);

    /// <summary>A broken one is of no account here.</summary>
    private static RunProgress? Progress(RunFolder run)
    {
        try
        {
            return RunProgress.Load(run);
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    /// <summary>A scalar; null where it was not logged.</summary>
    public ScalarSeries? Scalar(string phase, string name) =>
        Scalars.FirstOrDefault(series => series.Phase == phase && series.Name == name);

    /// <summary>The target band in words: as the search logged it last, else as the configuration has it.</summary>
    public string Target => Band?.ToString() ?? Configuration.Searching.Target;

    /// <summary>The target band: as the search logged it last, else by configuration and table; null where neither tells.</summary>
    public LatencyTarget? Band => band ??= FindBand();

    private LatencyTarget? band;

    private LatencyTarget? FindBand()
    {
        if (Scalar("search", "target_low_ms") is { } low && Scalar("search", "target_high_ms") is { } high)
            return new LatencyTarget(low.Values[^1], high.Values[^1], Math.Max(1, Table?.Identity.BatchSize ?? 1));
        try
        {
            return Table is null
                ? null
                : TargetBand.Resolve(Configuration.Searching.Target, Configuration.Space.ToSpace(), Table, Configuration.Seed);
        }
        catch (MissingLatencyException)
        {
            // The table is of a part of the space only.
            return null;
        }
    }
}
