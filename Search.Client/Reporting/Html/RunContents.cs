using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>All that a run's folder holds so far. What is missing is empty or null: a run may have been searched only, or trained
/// only.</summary>
public sealed class RunContents
{
    private const int LargestConfiguration = 1 << 20;

    private readonly List<RunFault> faults;

    private RunContents(RunFolder run, List<RunFault> faults) => (Run, this.faults) = (run, faults);

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

    /// <summary>The front that was derived from its shared weights, here or in its <see cref="RunFolder.FrontFolder"/>; null where there
    /// is none.</summary>
    public KeptFront? Front { get; init; }

    /// <summary>Whether the folder is a front's, which has networks to choose from and none of its own.</summary>
    public bool IsFront => Networks.Count == 0 && Front is { Points.Count: > 0 } && File.Exists(Run.Front);

    /// <summary>How well they do.</summary>
    public required IReadOnlyList<StoredEvaluation> Evaluations { get; init; }

    /// <summary>What they answer; empty until somebody shows them images.</summary>
    public IReadOnlyList<ExampleContents> Examples { get; set; } = [];

    /// <summary>What of it cannot be read or shown. A part that has faults here lacks something.</summary>
    public IReadOnlyList<RunFault> Faults => faults;

    /// <summary>How many steps of each phase have logged scalars.</summary>
    public required IReadOnlyDictionary<string, long> StepsLogged { get; init; }

    /// <summary>What the scalars leave out, a sentence; null where they leave out nothing.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Reads a run's folder. A damaged file is one of the <see cref="Faults"/>, but for the configuration, without which there is
    /// no run.</summary>
    /// <exception cref="UserErrorException">The configuration cannot be read; the message names it.</exception>
    public static RunContents Read(RunFolder run)
    {
        var faults = new List<RunFault>();
        FasterSegOptions configuration = ConfigurationLoader.Load(run.Configuration);
        (Role Role, FasterSegOptions Options)[] trainings = Try(faults, RunPart.Configuration, () => ReadTrainings(run)) ?? [];
        LatencyTable? table = File.Exists(run.Table) ? Try(faults, RunPart.Networks, () => RunFile.Table(run)) : null;
        ScalarFile? scalars = Try(faults, RunPart.Curves, () => ScalarFile.Read(run.Scalars, StepsPerEpoch(run, configuration, trainings)));
        return new RunContents(run, faults)
        {
            Configuration = configuration,
            ConfigurationText = Encoding.UTF8.GetString(UserText.Read(run.Configuration, LargestConfiguration).Span),
            Trainings = trainings,
            Table = table,
            Scalars = scalars?.Series ?? [],
            StepsLogged = scalars?.Steps ?? new Dictionary<string, long>(),
            LeftOut = scalars?.LeftOut,
            Pairs = File.Exists(run.SearchResult) ? Try(faults, RunPart.Networks, () => SearchResultFile.Read(run.SearchResult)) ?? [] : [],
            Networks =
            [
                .. from role in new[] { Role.Student, Role.Teacher }
                where File.Exists(run.Architecture(role))
                select Try(faults, RunPart.Networks, () => Network(run, role, configuration.Space, table)) into network
                where network is not null
                select network,
            ],
            Measured = Try(faults, RunPart.Measurement, () => MeasuredNetwork.Load(run)) ?? [],
            Agreement = Try(faults, RunPart.Agreement, () => ScoreAgreement.Load(run)),
            Front = Try(faults, RunPart.Front, () => KeptFront.Load(run) ?? FrontBelow(run)),
            Evaluations = Try(faults, RunPart.Evaluation, () =>
                StoredEvaluation.Load(run, damage => faults.Add(new(RunPart.Evaluation, damage.Message)))
            ) ?? [],
        };
    }

    /// <summary>Makes something of the run; null where that fails, which is one of the <see cref="Faults"/> then.</summary>
    /// <param name="part">To which it belongs.</param>
    /// <param name="make">Makes it.</param>
    public T? Try<T>(RunPart part, Func<T?> make)
        where T : class => Try(faults, part, make);

    /// <summary>Passes a run of whose parts none has faults.</summary>
    /// <param name="parts">The parts.</param>
    /// <exception cref="DamagedRunException">One has; the message says which.</exception>
    public void RequireSound(params IReadOnlyList<RunPart> parts)
    {
        if (faults.Find(fault => parts.Contains(fault.Part)) is { } damage)
            throw new DamagedRunException(damage.Sentence);
    }

    /// <summary>Whatever a damaged file makes of itself, and whatever goes away while it is read: the other parts have nothing to do with
    /// it.</summary>
    private static T? Try<T>(List<RunFault> faults, RunPart part, Func<T?> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            faults.Add(new(part, fault.Message));
            return null;
        }
    }

    private static KeptFront? FrontBelow(RunFolder run) => run.BegunFront is { } front ? KeptFront.Load(front) : null;

    private static (Role, FasterSegOptions)[] ReadTrainings(RunFolder run) =>
        [
            .. from role in new[] { Role.Teacher, Role.Student }
            where File.Exists(run.TrainingConfiguration(role))
            select (role, ConfigurationLoader.Load(run.TrainingConfiguration(role))),
        ];

    private static NetworkContents Network(RunFolder run, Role role, SpaceOptions space, LatencyTable? table)
    {
        DerivedArchitecture architecture = RunFile.Network(run, role);
        var plan = NetworkPlan.Of(architecture, space.Height, space.Width);
        return new NetworkContents(
            plan,
            table is null ? null : NetworkEstimate.Of(table, plan),
            ShortenedTraining.Load(run, role),
            UnfinishedTraining.LoadSound(run, role)
        );
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
            return RunProgress.Load(run.Progress);
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
    public string Target => Band?.ToString(LatencyDigits) ?? Configuration.Searching.Target;

    /// <summary>Digits behind the point of latencies of the student, with which it shows whether they lie in the band.</summary>
    public int LatencyDigits =>
        Band?.DigitsBeside([
            .. Networks.Where(one => one.Plan.Architecture.Role == Role.Student).Select(one => one.Estimate?.TotalMs).OfType<double>(),
            .. Measured.Where(one => one.Role == Role.Student).Select(one => one.MedianMs),
            .. Pairs.Where(pair => pair.Role == Role.Student).Select(pair => pair.EstimateMs),
        ])
        ?? 3;

    /// <summary>The target band: as the search logged it last, else by configuration and table; null where neither tells.</summary>
    public LatencyTarget? Band => band ??= FindBand();

    private LatencyTarget? band;

    private LatencyTarget? FindBand()
    {
        if (Scalar("search", "target_low_ms") is { } low && Scalar("search", "target_high_ms") is { } high)
        {
            var logged = new LatencyTarget(low.Last, high.Last, Math.Max(1, Table?.Identity.BatchSize ?? 1));
            if (logged.LowMs > 0 && logged.HighMs >= logged.LowMs)
                return logged;
        }
        try
        {
            return Table is null
                ? null
                : TargetBand.Resolve(Configuration.Searching.Target, Configuration.Space.ToSpace(), Table, Configuration.Seed);
        }
        catch (Exception none) when (none is MissingLatencyException or UserErrorException)
        {
            // The table is of a part of the space only, or of another one.
            return null;
        }
    }
}
