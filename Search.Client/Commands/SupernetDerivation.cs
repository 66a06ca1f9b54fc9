using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg derive --run</c>: another device's network, another band's, or a front, from the shared weights of one
/// search.</summary>
internal static class SupernetDerivation
{
    private const string Picture = "front.png";

    // Half of a band that holds one of a front's networks and its neighbours.
    private const double Around = 0.02;

    /// <summary>Scores networks with the search's weights and writes what was found to a new folder.</summary>
    public static async Task<int> RunAsync(SupernetArguments arguments, IAnsiConsole console, CancellationToken cancellation)
    {
        if (arguments.Data is null)
            throw new UsageException(
                "--data is missing: name the images that the run was searched on; networks are scored on some of them."
            );
        if (arguments.Front is < 2 or > 50)
            throw new UsageException($"--front is {arguments.Front}: use 2 to 50 networks.");
        if (arguments.Front is not null && arguments.Target is not null)
            throw new UsageException("--front has a band for each of its networks: leave --target out.");
        RunFolder.RequireNone(arguments.Out);
        string[] more = arguments.Front is { } networks ? FilesOfFront(networks) : [];
        RunFolder.RequireNew(arguments.Out, more);
        var source = RunFolder.Open(arguments.Run);
        if (File.Exists(source.RandomDraw) && !source.SearchCheckpoint.Exists)
            throw new UsageException(
                $"The student of {arguments.Run} was drawn by 'fasterseg random', and there is no search whose weights could score "
                    + "networks: name the folder of a search."
            );
        string[] sets = arguments.Target is null ? [] : [$"searching:target={arguments.Target}"];
        FasterSegOptions options = ConfigurationLoader.Load(source.Configuration, sets);
        if (options.Searching.Method != SearchMethod.Oneshot)
            throw new UsageException(
                $"{arguments.Run} has no shared weights to derive from, as its searching:method is {options.Searching.Method.Word()}: name "
                    + "a run of searching:method=oneshot, or derive from parameters with --parameters."
            );
        SegmentationDataset data = DatasetLocator.Open(arguments.Data, options.Data);
        RunImages.RequireSame(source, RunImages.Search, data, arguments.Data);
        data.RequireClasses(options.Space);
        Device device = TorchDevice.Open(arguments.Device, options.Threads, options.Kernels);
        await using ProfilerConnection? profiler = await WorkingTable.OpenProfilerAsync(
            arguments.Profiler,
            hasTable: true,
            console,
            cancellation
        );
        LatencyTable table =
            arguments.Lut is null && profiler is null
                ? RunFile.Table(source)
                : await WorkingTable.GetAsync(null, arguments.Lut, profiler, options, console, cancellation);
        TableCoverage.Require(table, options.Space.ToSpace(), arguments.Lut ?? "The latency table");
        if (arguments.Front is null)
            ReachableLatencies.Require(
                options.Searching.Target,
                options.Space.ToSpace(),
                table,
                options.Seed,
                arguments.Target is null ? "searching:target" : "--target"
            );

        // A teacher pays no latency, so that it is the same one on every device.
        DerivedArchitecture? teacher =
            arguments.Front is null && File.Exists(source.Architecture(Role.Teacher)) ? RunFile.Network(source, Role.Teacher) : null;
        using ScoringWeights weights = ScoringWeights.Load(source, options);
        HeldOutImages images = HeldOutImages.Of(data.FittedTo(options).Split("train"), options.OneShot.HeldOut, options.Seed);
        using var evaluation = new HeldOutEvaluation(options, images, device) { Cancellation = cancellation };
        KnownScores known = weights.Known(source, evaluation, device);
        AdaptedScores adapted = weights.KnownAdapted(source, evaluation, device);
        options.Machine = MachineOptions.Here();
        using var begun = NewRun.Begin(
            arguments.Out,
            folder =>
            {
                LatencyTableJson.Save(table, folder.Table);
                ClassList.Of(data).Save(folder.Classes);
                ConfigurationLoader.Save(options, folder.Configuration);
            },
            more
        );
        RunFolder run = begun.Folder;
        if (arguments.Front is { } count)
        {
            int code = await FrontAsync(count, options, table, known, source, run, arguments.Data, console, cancellation);
            begun.Keep();
            return code;
        }

        LatencyTarget band = TargetBand.Resolve(options.Searching.Target, options.Space.ToSpace(), table, options.Seed);
        console.WriteLine($"Target for the student: {band}.");
        string chooser = options.OneShot.AdaptationSteps > 0 ? "after steps of its own" : "by score";
        if (options.Halving.Finalists > 1)
            ConsoleText.Write(
                console,
                $"The student is the best {chooser}: its search chose among {options.Halving.Finalists} trained finalists "
                    + "(halving:finalists), which derive does not train, so that it may choose another one in the same band."
            );
        RoleChoice choice = await ProgressDisplay.RunAsync(console, progress => Task.Run(
                () =>
                {
                    var offered = new SupernetChoice(options, table, known.Of, progress);
                    IReadOnlyList<ScoredNetwork> ranked = offered.Ranked(
                        Role.Student,
                        band,
                        options.OneShot.Networks,
                        "scores_student",
                        cancellation
                    );
                    ScoredNetwork best = new AdaptedChoice(options, table, band, known.Of, adapted.Of, progress).Ordered(
                        ranked,
                        cancellation
                    )[0];
                    RoleChoice found = offered.Choice(best);
                    if (ScoreAgreement.Of([.. ranked.Select(one => one.Score)]) is { } agreement)
                    {
                        agreement.Save(run);
                        progress.Say(agreement.Sentence);
                    }
                    using (DerivedNetwork first = weights.Extract(found.Winner.Architecture))
                        SharedStart.Keep(first, run);
                    SearchResultFile.Write(run, [(found, best.Genotype.Values)]);
                    return found;
                },
                CancellationToken.None
            ));
        if (teacher is not null)
            TeacherTraining.Copy(source, run);
        new NetworkPictures().Save(run, NetworkPlan.Of(choice.Winner.Architecture, options.Space.ToSpace()), table);
        using (var untrained = new DerivedNetwork(choice.Winner.Architecture))
            await new NetworkLatency(options, run, console).ShowAsync(untrained, table, profiler, cancellation);
        if (teacher is not null)
            console.WriteLine(
                $"Its teacher is that of {source.Path}{(run.TrainingCheckpoint(Role.Teacher).Exists ? ", with its training" : "")}."
            );
        ConsoleText.Write(console, Suggestion.NextIn(run, arguments.Data));
        return ExitCodes.Done;
    }

    private static async Task<int> FrontAsync(
        int count,
        FasterSegOptions options,
        LatencyTable table,
        KnownScores known,
        RunFolder source,
        RunFolder run,
        string data,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        // The search's own student is as good an answer as any other, and so is whatever was scored for another device: that costs nothing.
        DerivedArchitecture[] found =
        [
            .. File.Exists(source.Architecture(Role.Student)) ? [RunFile.Network(source, Role.Student)] : (DerivedArchitecture[])[],
            .. known.Students(options.Space.ToSpace()),
        ];
        var (front, all) = await ProgressDisplay.RunAsync(console, progress =>
            Task.Run(() => new SupernetChoice(options, table, known.Of, progress).Front(count, found, cancellation), CancellationToken.None)
        );
        for (int i = 0; i < front.Count; i++)
            DerivedArchitectureJson.Save(front[i].Architecture, run.In(NameOf(i)));
        var kept = KeptFront.Of(front, all, NameOf);
        ImageFile.WritePng(run.In(Picture), FrontPicture.Draw(kept, table.Identity));
        // At last: a folder with front.json is a whole front.
        kept.Save(run);
        var shown = new Table().AddColumns("network", "pair", "estimate, ms", "loss", "mIoU, %");
        foreach (var (one, i) in front.Select((one, i) => (one, i)))
            shown.AddRow(
                NameOf(i),
                one.Architecture.Pair,
                FormattableString.Invariant($"{one.EstimateMs:F3}"),
                FormattableString.Invariant($"{one.Score.Loss:F4}"),
                FormattableString.Invariant($"{100 * one.Score.MeanIou:F2}")
            );
        console.Write(shown);
        console.WriteLine(
            $"{front.Count} of {Plural.Of(all.Count, "network")} {Plural.Word(front.Count, "is", "are")} on the front, with shared "
                + $"weights: front.json and front.png in {run.Path}."
        );
        OfferedNetwork last = front[^1];
        ConsoleText.Write(
            console,
            CommandText.Below(
                "To train one of them, derive its band into a run of its own, as here the slowest one's:",
                FrontFolder.Derive(
                    source.Path,
                    data,
                    FormattableString.Invariant($"{last.EstimateMs * (1 - Around):G3}-{last.EstimateMs * (1 + Around):G3} ms")
                )
            )
        );
        if (front.Count < count)
            ConsoleText.Write(
                console,
                $"That is fewer than the {count} of --front: of all the others each has a faster one with as small a loss, or lies within "
                    + FormattableString.Invariant($"{100 * SupernetChoice.Apart:G2} % of the latency of one of these.")
            );
        return ExitCodes.Done;
    }

    /// <summary>Names of what a front adds to a run's files.</summary>
    /// <param name="networks">How many networks are looked for.</param>
    public static string[] FilesOfFront(int networks) => [Picture, .. Enumerable.Range(0, networks).Select(NameOf)];

    private static string NameOf(int place) => FormattableString.Invariant($"front-{place + 1}.json");
}
