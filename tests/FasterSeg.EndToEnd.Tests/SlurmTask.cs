using System.Globalization;
using System.Text.RegularExpressions;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A task of an array job, as Slurm's controller tells it.</summary>
/// <param name="Index">Of the task: a chain's number.</param>
/// <param name="State">Slurm's word, e.g. RUNNING.</param>
/// <param name="Restarts">How often it was queued anew.</param>
/// <param name="Node">On which it runs, or ran last; nothing before it ran.</param>
internal sealed partial record SlurmTask(int Index, string State, int Restarts, string Node)
{
    /// <summary>Whether it runs.</summary>
    public bool Runs => State == "RUNNING";

    /// <summary>Whether it was begun and has come to its end, good or bad.</summary>
    public bool HasEnded => State is not ("PENDING" or "CONFIGURING" or "RUNNING" or "COMPLETING" or "REQUEUED" or "SUSPENDED");

    /// <summary>Reads what <c>scontrol --oneliner show job</c> prints. Tasks that wait together are one line of it: these are left
    /// out.</summary>
    public static IReadOnlyList<SlurmTask> Parse(string output) =>
        [
            .. from line in output.Split('\n')
            let index = TaskIndex().Match(line)
            where index.Success
            select new SlurmTask(
                Number(index),
                Word().Match(line).Groups[1].Value,
                Number(Again().Match(line)),
                Host().Match(line).Groups[1].Value
            ),
        ];

    private static int Number(Match match) => match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\bArrayTaskId=(\d+)(?:\s|$)")]
    private static partial Regex TaskIndex();

    [GeneratedRegex(@"\bJobState=(\w+)")]
    private static partial Regex Word();

    [GeneratedRegex(@"\bRestarts=(\d+)")]
    private static partial Regex Again();

    [GeneratedRegex(@"\bBatchHost=(\S+)")]
    private static partial Regex Host();
}
