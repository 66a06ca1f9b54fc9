using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Spectre.Console;
using static System.FormattableString;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints which networks a validation has drawn, before anything is measured.</summary>
internal static class ValidationDrawReport
{
    /// <summary>What is drawn and how it is used, before anything is measured.</summary>
    public static void Write(IAnsiConsole console, LatencyTable table, TableValidation validation)
    {
        ValidationSettings settings = validation.Settings;
        FactList.Write(
            console,
            ("table", Invariant($"{table.Entries.Count} entries, {validation.TableSha256[..8]}...")),
            ("device", table.Identity.DeviceName),
            ("space", validation.Space.ToString()),
            (
                "networks",
                Invariant($"{settings.Reporting} to report on")
                    + (settings.Fitting > 0 ? Invariant($", {settings.Fitting} to fit on") : "")
                    + Invariant($", seed {settings.Seed}")
                    + settings.Passes switch
                    {
                        <= 1 => "",
                        2 => ", each measured twice",
                        int passes => Invariant($", each measured {passes} times"),
                    }
            )
        );
        ValidatedNetwork[] lacking = [.. validation.Networks.Where(network => !network.HasAllParts())];
        if (lacking.Length == 0)
            return;
        string[] missing = [.. lacking.SelectMany(network => network.Missing).Distinct().Order(StringComparer.Ordinal)];
        console.WriteLine(
            Invariant($"{lacking.Length} of them need parts that the table has no usable entry for, and take no part: ")
                + $"{string.Join(", ", missing)}."
        );
    }
}
