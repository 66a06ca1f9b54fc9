using System.CommandLine;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg fleet cancel</c>: ends a job that runs or waits.</summary>
internal static class FleetCancelCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var id = new Argument<string>("JOB") { Description = "The job, as 'fasterseg fleet queue' lists it." };
        Option<string> url = FleetCommand.Url();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "cancel",
            "Ends a job that runs or waits: one's own, or with an operator's key anybody's. What it has measured is kept, and whoever asks "
                + "for the same table goes on with it."
        )
        {
            id,
            url,
            json,
        };
        command.SetAction(
            (parsed, token) =>
                FleetCommand.AnswerAsync(
                    parsed.GetRequiredValue(url),
                    async fleet =>
                    {
                        string job = parsed.GetRequiredValue(id);
                        await fleet.CancelJobAsync(job, token);
                        return job;
                    },
                    job => new { Id = job, State = "cancelled" },
                    (output, job) => output.WriteLine($"Job {job} is cancelled. What it has measured is kept."),
                    parsed.GetValue(json),
                    console
                )
        );
        return command;
    }
}
