using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>Whether a table has what a search of a space will ask for.</summary>
public static class TableCoverage
{
    /// <summary>Passes a table that has every operator of the space.</summary>
    /// <param name="table">The table.</param>
    /// <param name="space">The space to be searched.</param>
    /// <param name="where">The table's file, for the message.</param>
    /// <exception cref="UsageException">Operators are missing; the message counts them, names one and says what to do.</exception>
    /// <exception cref="UserErrorException">None is missing, and some failed; the message says the same.</exception>
    public static void Require(LatencyTable table, SearchSpace space, string where)
    {
        HashSet<OperatorKind> free = NetworkEstimate.FreeKinds(table);
        OperatorSpec[] wanted = [.. space.Operators().Where(spec => !free.Contains(spec.Kind))];
        OperatorSpec[] missing = [.. wanted.Where(spec => table.Find(spec) is not { Failure: null })];
        if (missing.Length == 0)
            return;
        string madeFor = table.Space is null ? "" : $" It was made for {table.Space}.";
        string fault =
            $"{where} lacks {missing.Length} of the {wanted.Length} operators of the space {space}, '{missing[0]}' for "
            + $"one.{madeFor} Build a table with 'fasterseg profile' and the same configuration.";
        // A table of another space was named by mistake; where operators failed, the right one is of no use.
        throw Array.Exists(missing, spec => table.Find(spec) is null) ? new UsageException(fault) : new UserErrorException(fault);
    }
}
