using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using static System.FormattableString;
using static FasterSeg.Search.Client.Reporting.Figures;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Says in one line how well a table predicts whole networks.</summary>
internal static class ValidationSentence
{
    /// <summary>What a table's validation came to, or why it says nothing of the table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="path">The validation's file.</param>
    public static string Of(LatencyTable table, string path)
    {
        try
        {
            TableValidation validation = TableValidationFile.Load(path);
            if (validation.TableSha256 != LatencyTableJson.HashOf(table))
                return $"{path} is the validation of another table.";
            if (validation.Results is not { Estimates.Count: > 0 } results)
                return Invariant($"{path} is a validation that is not finished: {validation.Done()} of {validation.Total()} measurements.");
            string ways = string.Join("; ", results.Estimates.Select(Way));
            return Invariant($"Validated on {results.Estimates[0].Reporting.Networks} whole networks ({path}): {ways}.");
        }
        catch (UserErrorException fault)
        {
            return fault.Message;
        }
    }

    private static string Way(EstimateResult estimate)
    {
        string pearson = estimate.Reporting.Pearson is { } figure ? Correlation(figure.Value) : "none";
        string bias = SignedHundredths(estimate.Reporting.Bias.Value) + " %",
            mape = Hundredths(estimate.Reporting.Mape.Value) + " %",
            near = Percent(estimate.Reporting.Within5.Value);
        return $"{estimate.Way}, Pearson {pearson}, bias {bias}, MAPE {mape}, {near} % within 5 %";
    }
}
