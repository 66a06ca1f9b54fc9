using System.CommandLine;
using System.Diagnostics;
using FasterSeg.Bench.Ranking;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

var file = new Option<string>("--file")
{
    DefaultValueFactory = _ => "bench/Ranking/truths.json",
    HelpName = "FILE",
    Description = "Networks and trainings.",
};
var config = new Option<string>("--config")
{
    DefaultValueFactory = _ => "bench/Ranking/ranking.json",
    HelpName = "FILE",
    Description = "The space, and how its networks are trained.",
};
var set = new Option<string[]>("--set")
{
    DefaultValueFactory = _ => [],
    HelpName = "KEY=VALUE",
    Description = "Of the configuration.",
};
var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 400, Description = "A training's length, a multiple of 200." };

var lut = new Option<string>("--lut")
{
    Required = true,
    HelpName = "FILE",
    Description = "The table that the bands are drawn by.",
};
var draw = new Command("draw", "Draws the networks, once.") { file, config, lut };
draw.SetAction(parsed =>
{
    string path = parsed.GetRequiredValue(file);
    OutputFile.Require(path, "--file", overwrite: false, parsed.GetRequiredValue(lut));
    LatencyTable table = LatencyTableJson.Load(parsed.GetRequiredValue(lut));
    IReadOnlyList<RankedNetwork> networks = NetworkDraw.Of(Configuration(parsed).Space.ToSpace(), table);
    new RankingFile(LatencyTableJson.HashOf(table), networks, []).Save(path);
    foreach (var band in networks.GroupBy(network => network.Band))
        Console.WriteLine(
            FormattableString.Invariant($"band {band.Key}: {band.Count()} networks, {band.Min(network => network.EstimateMs):F3} to ")
                + FormattableString.Invariant($"{band.Max(network => network.EstimateMs):F3} ms")
        );
    return 0;
});

var plan = new Option<string>("--plan") { Required = true, Description = string.Join(", ", TrialPlan.Names) + "." };
var data = new Option<string>("--data")
{
    DefaultValueFactory = _ => "camvid:../shared/camvid",
    HelpName = "KIND:DIR",
    Description = "The images.",
};
var minutes = new Option<double>("--minutes")
{
    DefaultValueFactory = _ => double.PositiveInfinity,
    Description = "Ends after this time; the training at hand goes on next time.",
};
var shard = new Option<string>("--shard")
{
    DefaultValueFactory = _ => "1/1",
    HelpName = "K/N",
    Description = "Does every N-th training, so that N processes share a plan.",
};
var work = new Option<string>("--work")
{
    DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "fasterseg-ranking"),
    HelpName = "DIR",
    Description = "For trainings that are not finished.",
};
var train = new Command("train", "Does the trainings of a plan that the file does not have yet.")
{
    file,
    config,
    set,
    steps,
    plan,
    data,
    minutes,
    shard,
    work,
};
train.SetAction(Train);

var scores = new Option<string>("--scores")
{
    DefaultValueFactory = _ => "bench/Ranking/scores.jsonl",
    HelpName = "FILE",
    Description = "What supernets make of the networks.",
};
var table = new Option<string>("--table")
{
    DefaultValueFactory = _ => "bench/Ranking/table.json",
    HelpName = "FILE",
    Description = "Latencies.",
};
var name = new Option<string>("--name")
{
    Required = true,
    Description = "Of the supernet and how it is trained: scores are averaged by it.",
};
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Of the supernet." };
var onValidation = new Option<bool>("--on-validation")
{
    Description = "Score on the validation images, as no search may: tells what the choice of held-out images costs.",
};
var supernet = new Command("supernet", "Trains a supernet and scores all networks by it.")
{
    file,
    config,
    scores,
    table,
    name,
    seed,
    set,
    data,
    work,
    onValidation,
};
supernet.SetAction(Supernet);

var run = new Option<string>("--run")
{
    Required = true,
    HelpName = "DIR",
    Description = "The run of a search in the space of the configuration.",
};
var chosenName = new Option<string>("--name") { Required = true, Description = "Of the search and its seed, such as paper-1." };
var add = new Command("add", "Adds the student that a search chose, for 'train --plan band' and 'report --chosen'.")
{
    file,
    config,
    table,
    chosenName,
    run,
};
add.SetAction(parsed =>
{
    LatencyTable latencies = LatencyTableJson.Load(parsed.GetRequiredValue(table));
    var network = RankedNetwork.Of(
        parsed.GetRequiredValue(chosenName),
        0,
        DerivedArchitectureJson.Load(RunFolder.Open(parsed.GetRequiredValue(run)).Architecture(Role.Student)),
        Configuration(parsed).Space.ToSpace(),
        latencies
    );
    RankingFile.Add(parsed.GetRequiredValue(file), network, LatencyTableJson.HashOf(latencies));
    Console.WriteLine(FormattableString.Invariant($"{network.Name}: {network.Pair}, {network.EstimateMs:F3} ms."));
    return 0;
});

var chosen = new Option<string?>("--chosen") { HelpName = "FILE", Description = "What 'add' made, to be judged by the band." };
var report = new Command("report", "Says what the trainings tell, and the supernets.") { file, steps, scores, chosen };
report.SetAction(parsed =>
{
    RankingFile truths = RankingFile.Load(parsed.GetRequiredValue(file));
    RankingReport.Write(truths, SupernetScores.Load(parsed.GetRequiredValue(scores)), parsed.GetValue(steps), Console.Out);
    if (parsed.GetValue(chosen) is { } path)
        ChosenReport.Write(truths, RankingFile.Load(path), parsed.GetValue(steps), Console.Out);
});

try
{
    return new RootCommand("Which networks are good: truths that a search's scores are judged by.") { draw, train, supernet, add, report }
        .Parse(args)
        .Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    Console.WriteLine("Stopped; the same command goes on.");
    return 0;
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}

FasterSegOptions Configuration(ParseResult parsed) => ConfigurationLoader.Load(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? []);

int Train(ParseResult parsed)
{
    FasterSegOptions options = Configuration(parsed);
    string path = parsed.GetRequiredValue(file);
    IReadOnlyList<RankedNetwork> networks = RankingFile.Load(path).Networks;
    int[] share = [.. parsed.GetRequiredValue(shard).Split('/').Select(int.Parse)];
    Trial[] mine =
    [
        .. TrialPlan
            .Of(parsed.GetRequiredValue(plan), networks, parsed.GetValue(steps))
            .Where((_, place) => place % share[1] == share[0] - 1),
    ];
    double limit = parsed.GetValue(minutes);
    using CancellationTokenSource stop = StoppedByKey();
    if (double.IsFinite(limit))
        stop.CancelAfter(TimeSpan.FromMinutes(limit));
    var (device, images) = Opened(options, parsed);
    var trainer = new Trainer(options, images, parsed.GetRequiredValue(work), device);
    string commit = Commit();
    foreach (Trial trial in mine)
    {
        if (RankingFile.Load(path).Truths.Any(truth => truth.Trial == trial))
            continue;
        var (meanIou, loss, seconds) = trainer.Run(networks.Single(network => network.Name == trial.Network), trial, stop.Token);
        var truth = new Truth(trial.Network, trial.Seed, trial.Steps, meanIou, loss, seconds, MachineOptions.Here().Processor, commit);
        RankingFile.Add(path, truth);
        Console.WriteLine(
            FormattableString.Invariant($"{trial.Network} seed {trial.Seed}, {trial.Steps} steps: mIoU {100 * meanIou:F2} %, ")
                + FormattableString.Invariant($"loss {loss:F4}, {seconds:F0} s")
        );
    }
    return 0;
}

int Supernet(ParseResult parsed)
{
    FasterSegOptions options = Configuration(parsed);
    options.Seed = parsed.GetValue(seed);
    RankingFile known = RankingFile.Load(parsed.GetRequiredValue(file));
    double[] band = [.. known.Networks.Where(network => network.Band == 0).Select(network => network.EstimateMs)];
    using CancellationTokenSource stop = StoppedByKey();
    var (device, images) = Opened(options, parsed);
    SupernetScores result = new SupernetTrainer(options, images, parsed.GetRequiredValue(work), device, parsed.GetValue(onValidation)).Run(
        parsed.GetRequiredValue(name),
        known.Networks,
        LatencyTableJson.Load(parsed.GetRequiredValue(table)),
        band.Average(),
        stop.Token
    );
    SupernetScores.Add(parsed.GetRequiredValue(scores), result);
    Console.WriteLine(
        FormattableString.Invariant($"{result.Supernet} seed {result.Seed}: {result.TrainingSeconds:F0} s of training, ")
            + FormattableString.Invariant($"{result.ScoringSeconds:F0} s of scoring; losses {result.Losses.Values.Min():F3} to ")
            + FormattableString.Invariant($"{result.Losses.Values.Max():F3}, mIoU {100 * result.MeanIous.Values.Min():F1} to ")
            + FormattableString.Invariant($"{100 * result.MeanIous.Values.Max():F1} %")
    );
    return 0;
}

static CancellationTokenSource StoppedByKey()
{
    var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        stop.Cancel();
    };
    return stop;
}

(Device Device, SegmentationDataset Images) Opened(FasterSegOptions options, ParseResult parsed)
{
    Device device = TorchDevice.Open("cpu", options.Threads, options.Kernels);
    SegmentationDataset images = DatasetLocator.Open(parsed.GetRequiredValue(data), options.Data);
    images.RequireClasses(options.Space);
    return (device, images);
}

static string Commit()
{
    using var git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true })!;
    string commit = git.StandardOutput.ReadToEnd().Trim();
    git.WaitForExit();
    return commit;
}
