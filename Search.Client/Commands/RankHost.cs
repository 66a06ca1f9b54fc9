using FasterSeg.Latency;
using FasterSeg.Search.Collectives;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A command in several processes, which <c>mpirun</c> has started together. The first one is as if it were alone; the others say
/// nothing but why they fail.</summary>
internal static class RankHost
{
    private const string Command = "train";

    /// <summary>Whether another launcher than Open MPI's has started several processes for a training, each of which would train by
    /// itself.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="other">Where this process stands among them; null where there are none.</param>
    /// <param name="error">Takes the first one's sentence.</param>
    public static bool Refuses(string[] arguments, RankPlace? other, TextWriter error)
    {
        if (other is null || arguments is not [Command, ..])
            return false;
        if (other.Rank == 0)
            error.WriteLine(
                FormattableString.Invariant($"error: {other.Size} processes were started together, by something else than Open MPI ")
                    + "(PMI_SIZE says so): train in several processes with Open MPI's mpirun, or start one process."
            );
        return true;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="place">Where this process stands.</param>
    /// <param name="arguments">The command.</param>
    /// <param name="console">Where the first one prints.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="interrupted">The user's own.</param>
    /// <returns>One of <see cref="ExitCodes"/>; 0 of those that end because another one failed, which says so itself.</returns>
    public static async Task<int> RunAsync(
        RankPlace place,
        string[] arguments,
        IAnsiConsole console,
        TextWriter error,
        CancellationToken interrupted
    )
    {
        bool leads = place.Rank == 0;
        if (arguments is not [Command, ..])
        {
            if (leads)
                error.WriteLine(
                    FormattableString.Invariant($"error: mpirun has started {place.Size} processes of ")
                        + $"'{CommandText.Of(["fasterseg", .. arguments.Take(1)])}', and only 'fasterseg {Command}' computes in several: "
                        + "start it without mpirun."
                );
            return ExitCodes.WrongUsage;
        }
        if (!leads)
        {
            console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
            Console.SetError(TextWriter.Null);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using var said = new StringWriter();
        var ranks = new RankSession(place, stop.Cancel);
        int code = await CommandLine.RunAsync(arguments, console, leads ? error : said, stop.Token, ranks);
        // What all of a machine find wrong before they meet, one of them says.
        bool speaks = ranks.HasJoined || (place.LocalRank == 0 && place.LocalSize < place.Size);
        if (!leads && speaks && said.ToString() is { Length: > 0 } why)
            error.Write(FormattableString.Invariant($"rank {place.Rank} on {Environment.MachineName}: {why}"));
        ranks.Leave();
        return code;
    }
}
