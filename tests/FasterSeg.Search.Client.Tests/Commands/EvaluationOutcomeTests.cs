using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>What is kept and shown of an evaluation.</summary>
public sealed class EvaluationOutcomeTests : IDisposable
{
    private readonly CaseFolder folder = new("base");
    private readonly TestConsole console = new();

    public void Dispose()
    {
        console.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_majority_map_that_cannot_be_learned_takes_nothing_with_it()
    {
        File.WriteAllText(folder["masks/train/f00.png"], "damaged");
        var confusion = new ConfusionMatrix(3);
        confusion.Add([0, 1, 1, 2], [0, 1, 2, 2]);
        StoredEvaluation kept = Show(confusion);
        Assert.Equal(confusion.MeanIou, kept.MeanIou!.Value, 12);
        Assert.Equal(("32x64", "whole images at 32x64"), (kept.Size, kept.Mode));
        Assert.Contains(
            "These are of whole images at 32x64 (fit: pad), counted at the labels' size.",
            console.Output.Replace('\n', ' '),
            StringComparison.Ordinal
        );
        Assert.Matches(@"mean IoU +66\.7 +- ", console.Output);
        // However long the path to the mask is, and wherever the line is broken for it.
        Assert.Contains("There is no majority map: Mask", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_nothing_are_a_dash_and_null()
    {
        var nothing = new ConfusionMatrix(3);
        nothing.Add([0, 1], [255, 255]);
        StoredEvaluation kept = Show(nothing);
        Assert.Equal((null, null), (kept.MeanIou, kept.PixelAccuracy));
        string file = RunFolder.Open(folder["run"]).Evaluation(Role.Student, "val"),
            json = File.ReadAllText(file);
        Assert.Contains("\"meanIou\": null", json, StringComparison.Ordinal);
        Assert.Matches(@"mean IoU +- ", console.Output);
        Assert.Contains("No pixel of these images counts", console.Output, StringComparison.Ordinal);
        // As older builds wrote it.
        File.WriteAllText(file, json.Replace("\"meanIou\": null", "\"meanIou\": 0", StringComparison.Ordinal));
        Assert.Null(StoredEvaluation.Load(RunFolder.Open(folder["run"]), Role.Student, "val")!.MeanIou);
    }

    [Fact]
    public void A_network_evaluated_on_nothing_has_a_dash_and_no_recommendation()
    {
        ComparedNetwork good = MadeNetworks.Of("good", 10, trained: 0.5),
            made = MadeNetworks.Of("nothing", 9, trained: 0.9, seed: 2);
        ComparedNetwork nothing = made with
        {
            Evaluation = made.Evaluation! with { MeanIou = null, PixelAccuracy = null, LabelPixels = [0, 0] },
        };
        RunComparison comparison = RunComparison.Of([good, nothing], []);
        ComparisonReport.Write(console, comparison);
        Assert.Contains("no pixel counts: it has no mIoU", string.Join(" ", comparison.Notes), StringComparison.Ordinal);
        Assert.Equal(["good"], comparison.Recommendations.Select(one => one.Network?.Run.Name).OfType<string>());
        Assert.Matches(@"(?m)^nothing .* - +B", console.Output);
        ComparisonFile.Save(comparison, folder["c.csv"]);
        Assert.DoesNotContain("NaN", File.ReadAllText(folder["c.csv"]), StringComparison.Ordinal);
    }

    private StoredEvaluation Show(ConfusionMatrix confusion)
    {
        var run = RunFolder.Create(folder["run"]);
        File.WriteAllText(run.Configuration, "{}");
        EvaluationOutcome.Show(
            console,
            run.Evaluation(Role.Student, "val"),
            folder.Open(),
            "val",
            EvaluationMode.Plain.At(32, 64, ImageFit.Pad),
            confusion,
            TestContext.Current.CancellationToken
        );
        return StoredEvaluation.Load(run, Role.Student, "val")!;
    }
}
