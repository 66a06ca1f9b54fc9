using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Shows the progress of long work: bars on a terminal, plain lines anywhere else.</summary>
public static class ProgressDisplay
{
    /// <summary>Runs the work with a reporter that suits the console. What the work throws comes out unchanged.</summary>
    public static async Task<T> RunAsync<T>(IAnsiConsole console, Func<IProgressReporter, Task<T>> work)
    {
        bool bars = console.Profile.Out.IsTerminal && console.Profile.Capabilities is { Ansi: true, Interactive: true };
        if (!bars)
            return await work(new ProgressLines(console, TimeProvider.System)).ConfigureAwait(false);
        // The text has the percentage and stands last, where its changing length moves nothing.
        return await console
            .Progress()
            .Columns(
                new ProgressBarColumn { Width = ProgressBars.BarWidth(console) },
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .StartAsync(context => work(new ProgressBars(console, context, TimeProvider.System)))
            .ConfigureAwait(false);
    }

    /// <summary>The same for a search or training, which keeps how far it is for <c>fasterseg watch</c>.</summary>
    public static Task<T> RunAsync<T>(IAnsiConsole console, RunFolder run, Func<IProgressReporter, Task<T>> work) =>
        RunAsync(console, run.Progress, work);

    /// <summary>The same for any work on a run.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="file">Where it is kept.</param>
    /// <param name="work">The work.</param>
    public static Task<T> RunAsync<T>(IAnsiConsole console, string file, Func<IProgressReporter, Task<T>> work) =>
        RunAsync(console, async reporter =>
        {
            var kept = new KeptProgress(reporter, file, TimeProvider.System);
            kept.Begin();
            try
            {
                T result = await work(kept).ConfigureAwait(false);
                kept.End(WorkState.Done);
                return result;
            }
            catch (OperationCanceledException)
            {
                kept.End(WorkState.Interrupted);
                throw;
            }
            catch (Exception fault)
            {
                kept.End(WorkState.Failed, fault.Message);
                throw;
            }
        });

    /// <inheritdoc cref="RunAsync{T}(IAnsiConsole, RunFolder, Func{IProgressReporter, Task{T}})"/>
    public static Task RunAsync(IAnsiConsole console, RunFolder run, Func<IProgressReporter, Task> work) =>
        RunAsync(console, run, async reporter =>
        {
            await work(reporter).ConfigureAwait(false);
            return true;
        });

    /// <inheritdoc cref="RunAsync{T}(IAnsiConsole, Func{IProgressReporter, Task{T}})"/>
    public static Task RunAsync(IAnsiConsole console, Func<IProgressReporter, Task> work) => RunAsync(console, async reporter =>
        {
            await work(reporter).ConfigureAwait(false);
            return true;
        });
}
