using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>Whether architecture parameters that came from a file are those of a space: their shapes, and finite numbers.</summary>
internal static class ArchitectureValuesRules
{
    /// <summary>The sentences that say what is wrong, each with the member's name; empty where nothing is.</summary>
    /// <param name="values">What was read.</param>
    /// <param name="space">The space that they should belong to.</param>
    /// <param name="role">Whose they are: a teacher has no gamma.</param>
    public static IReadOnlyList<string> Check(ArchitectureValues values, SearchSpace space, Role role)
    {
        var faults = new List<string>();
        for (int scale = 0; scale < SearchSpace.Scales.Count; scale++)
        {
            Check(
                faults,
                $"alpha_{(int)role}_{scale}",
                values.Alpha[scale],
                space.Layers - scale,
                SearchSpace.SearchedKinds.Count,
                "operators"
            );
            if (scale > 0)
                Check(faults, $"beta_{(int)role}_{scale}", values.Beta[scale], space.Layers - scale - 1, 2, "came down and kept");
            if (role == Role.Student)
                Check(
                    faults,
                    $"ratio_{(int)role}_{scale}",
                    values.Gamma[scale],
                    MapRows.Count(space, scale),
                    space.WidthRatios.Count,
                    "widths"
                );
        }
        return faults;
    }

    private static void Check(List<string> faults, string name, double[][] rows, int wantedRows, int wantedColumns, string columns)
    {
        if (rows.Length != wantedRows)
            faults.Add($"{name} has {Plural.Of(rows.Length, "row")}, and the space needs {wantedRows}.");
        int row = Array.FindIndex(rows, each => each is null || each.Length != wantedColumns);
        if (row >= 0)
            faults.Add(
                $"Row {row} of {name} has {Plural.Of(rows[row]?.Length ?? 0, "number")}, and the space needs {wantedColumns} ({columns})."
            );
        else if (Array.Exists(rows, each => !Array.TrueForAll(each, double.IsFinite)))
            faults.Add($"{name} has a number that is not finite.");
    }
}
