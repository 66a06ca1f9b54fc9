using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What <c>eval</c> and <c>quickstart</c> do with an evaluation.</summary>
internal static class EvaluationOutcome
{
    /// <summary>Where an evaluation is kept: at another size than the deployed one, apart from what latencies belong to.</summary>
    public static string FileOf(RunFolder run, Role role, string split, EvaluationMode mode, FasterSegOptions configuration) =>
        run.Evaluation(role, split, mode.Size == EvaluationMode.Deployed(configuration).Size ? null : mode.Size);

    /// <summary>Keeps an evaluation in a file, then prints it beside the majority map, whose failure takes nothing with it.</summary>
    /// <returns>The majority map's figures; null where it failed.</returns>
    public static ConfusionMatrix? Show(
        IAnsiConsole console,
        string file,
        SegmentationDataset data,
        string split,
        EvaluationMode mode,
        ConfusionMatrix confusion,
        CancellationToken cancellation
    )
    {
        EvaluationReport.Save(file, data, confusion, mode, latency: null);
        ConfusionMatrix? majority = null;
        string? failure = null;
        try
        {
            majority = MajorityMap.Evaluate(data, split, mode, cancellation);
            EvaluationReport.Save(file, data, confusion, mode, latency: null, majority);
        }
        catch (UserErrorException broken)
        {
            failure = broken.Message;
        }
        EvaluationReport.Write(console, data, confusion, majority, mode);
        if (failure is not null)
            console.WriteLine($"There is no majority map: {failure}");
        return majority;
    }
}
