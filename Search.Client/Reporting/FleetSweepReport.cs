using System.Globalization;
using FasterSeg.Protos.Fleet.V1;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <c>fasterseg fleet sweeps</c> prints.</summary>
internal static class FleetSweepReport
{
    /// <summary>A line for each sweep.</summary>
    public static void WriteSweeps(IAnsiConsole console, IReadOnlyList<FleetSweep> sweeps)
    {
        if (sweeps.Count == 0)
        {
            console.WriteLine("No sweep was submitted yet: 'fasterseg sweep submit SWEEP --fleet URL' does so.");
            return;
        }
        Table table = Start("sweep", "is", "waiting", "in work", "done", "failed", "of", "folder");
        foreach (FleetSweep sweep in sweeps)
            AddRow(
                table,
                sweep.Id,
                Is(sweep),
                Figures.Count(sweep.Waiting),
                Figures.Count(sweep.Leased),
                Figures.Count(sweep.Done),
                Figures.Count(sweep.Failed + sweep.Refused),
                sweep.Owner,
                sweep.Place
            );
        console.Write(table);
    }

    /// <summary>A sweep's chains.</summary>
    public static void WriteChains(IAnsiConsole console, ShowSweepResponse shown)
    {
        console.WriteLine($"Sweep {shown.Sweep.Id} in {shown.Sweep.Place}, of {shown.Sweep.Owner}: {Is(shown.Sweep)}");
        Table table = Start("chain", "is", "agent", "done", "does", "handed out");
        foreach (FleetChain chain in shown.Chains)
            AddRow(
                table,
                chain.Name,
                Of(chain.State),
                chain.Agent,
                chain.AllImages > 0 ? (chain.Images / chain.AllImages).ToString("0 %", CultureInfo.InvariantCulture) : "",
                chain.Latest,
                Figures.Count(chain.Taken)
            );
        console.Write(table);
        foreach (FleetChain chain in shown.Chains.Where(chain => chain.Message.Length > 0))
            console.WriteLine($"{chain.Name}: {chain.Message}");
    }

    /// <summary>A sweep for <c>--json</c>.</summary>
    public static object Document(FleetSweep sweep) =>
        new
        {
            sweep.Id,
            sweep.Place,
            sweep.Owner,
            Is = Is(sweep),
            sweep.Created,
            sweep.Waiting,
            sweep.Leased,
            sweep.Done,
            sweep.Failed,
            sweep.Refused,
        };

    /// <summary>The same with its chains.</summary>
    public static object Document(ShowSweepResponse shown) =>
        new
        {
            Sweep = Document(shown.Sweep),
            Chains = shown.Chains.Select(chain => new
            {
                chain.Name,
                Is = Of(chain.State),
                chain.Agent,
                chain.Latest,
                chain.Images,
                chain.AllImages,
                chain.Message,
                chain.Taken,
            }),
        };

    private static string Is(FleetSweep sweep) =>
        sweep.Withdrawn ? "withdrawn"
        : sweep.Leased > 0 ? "in work"
        : sweep.Waiting > 0 ? "waiting"
        : sweep.Failed + sweep.Refused > 0 ? "failed"
        : "done";

    private static string Of(ChainState state) =>
        state switch
        {
            ChainState.Waiting => "waiting",
            ChainState.Leased => "in work",
            ChainState.Done => "done",
            ChainState.Failed => "failed",
            ChainState.Refused => "refused",
            _ => string.Create(CultureInfo.InvariantCulture, $"unknown ({(int)state})"),
        };

    private static Table Start(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    // What sweeps and agents are called is text, not markup.
    private static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
}
