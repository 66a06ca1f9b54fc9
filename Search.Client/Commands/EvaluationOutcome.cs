using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What <c>eval</c> and <c>quickstart</c> do with an evaluation.</summary>
internal static class EvaluationOutcome
{
    /// <summary>Keeps an evaluation in the run, then prints it beside the majority map, whose failure takes nothing with it.</summary>
    /// <returns>The majority map's figures; null where it failed.</returns>
    public static ConfusionMatrix? Show(
        IAnsiConsole console,
        RunFolder run,
        Role role,
        SegmentationDataset data,
        string split,
        EvaluationMode mode,
        ConfusionMatrix confusion,
        CancellationToken cancellation
    )
    {
        EvaluationReport.Save(run.Evaluation(role, split), data, confusion, mode, latency: null);
        ConfusionMatrix? majority = null;
        string? failure = null;
        try
        {
            majority = MajorityMap.Evaluate(data, split, cancellation);
            EvaluationReport.Save(run.Evaluation(role, split), data, confusion, mode, latency: null, majority);
        }
        catch (UserErrorException broken)
        {
            failure = broken.Message;
        }
        EvaluationReport.Write(console, data, confusion, majority);
        if (failure is not null)
            console.WriteLine($"There is no majority map: {failure}");
        return majority;
    }
}
