using FasterSeg.Latency;
using FasterSeg.Profiler.Client;

namespace FasterSeg.Search.Runs;

/// <summary>
/// Long work does not end for what somebody can mend while it waits: a full disk, a profiler that is away. It says what is wrong, tries
/// again every few seconds, and says when it goes on.
/// </summary>
/// <param name="reporter">Tells the user.</param>
/// <param name="pause">Between two attempts; null is ten seconds.</param>
/// <param name="kept">Asked when it pauses: what an end would leave, as the end of a sentence; null is of no account.</param>
public sealed class Patience(IProgressReporter reporter, TimeSpan? pause = null, Func<string>? kept = null)
{
    private const string IsPaused = " is paused: ",
        GoesOn = " goes on.";
    private const int NoSpace = 28,
        QuotaExceeded = 122,
        QuotaExceededOnMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070),
        WindowsHandleDiskFull = unchecked((int)0x80070027);

    private readonly TimeSpan pause = pause ?? TimeSpan.FromSeconds(10);

    /// <summary>What an end would leave of work that is kept in a checkpoint.</summary>
    public static string Kept(CheckpointFile file) => Kept(file.Exists);

    /// <summary>The same where it is known whether there is a checkpoint.</summary>
    public static string Kept(bool hasCheckpoint) =>
        hasCheckpoint ? "the last checkpoint is kept" : "there is no checkpoint yet, so what was done so far would be lost";

    /// <summary>Runs something until it succeeds, or fails for good. It must be repeatable.</summary>
    /// <param name="what">What waits, to begin a sentence with, e.g. <c>The search</c>.</param>
    /// <param name="attempt">The work.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Interrupted while it waited.</exception>
    public T Run<T>(string what, Func<T> attempt, CancellationToken cancellation)
    {
        for (bool paused = false; ; paused = true)
        {
            try
            {
                T result = attempt();
                SayGoesOn(what, paused);
                return result;
            }
            catch (Exception fault) when (MayPass(fault))
            {
                SayPaused(what, fault, paused);
                if (cancellation.WaitHandle.WaitOne(pause))
                    throw new OperationCanceledException(fault.Message, fault, cancellation);
            }
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(string what, Action attempt, CancellationToken cancellation) =>
        Run(
            what,
            () =>
            {
                attempt();
                return true;
            },
            cancellation
        );

    /// <inheritdoc cref="Run{T}"/>
    /// <remarks>A loop of its own: <see cref="Run{T}"/> keeps its attempts on the caller's thread, as torch's scopes need it.</remarks>
    public async Task<T> RunAsync<T>(string what, Func<Task<T>> attempt, CancellationToken cancellation)
    {
        for (bool paused = false; ; paused = true)
        {
            try
            {
                T result = await attempt();
                SayGoesOn(what, paused);
                return result;
            }
            catch (Exception fault) when (MayPass(fault))
            {
                SayPaused(what, fault, paused);
                await Task.Delay(pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellation.IsCancellationRequested)
                    throw new OperationCanceledException(fault.Message, fault, cancellation);
            }
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task RunAsync(string what, Action attempt, CancellationToken cancellation) =>
        RunAsync(
            what,
            () =>
            {
                attempt();
                return Task.FromResult(true);
            },
            cancellation
        );

    /// <summary>Whether a line that was said tells of a pause or of its end.</summary>
    public static bool Tells(string line) =>
        line.Contains(IsPaused, StringComparison.Ordinal) || line.EndsWith(GoesOn, StringComparison.Ordinal);

    private void SayPaused(string what, Exception fault, bool already)
    {
        if (!already)
            reporter.Say(
                FormattableString.Invariant(
                    $"{what}{IsPaused}{fault.Message.TrimEnd('.')}. It tries again every {pause.TotalSeconds:0.#} s, "
                ) + $"and Ctrl-C ends it{(kept is null ? "" : $"; {kept()}")}."
            );
    }

    private void SayGoesOn(string what, bool wasPaused)
    {
        if (wasPaused)
            reporter.Say(what + GoesOn);
    }

    /// <summary>Whether somebody can mend it while the program waits.</summary>
    public static bool MayPass(Exception fault) =>
        fault switch
        {
            ProfilerUnreachableException => true,
            UserErrorException { InnerException: IOException inner } => MayPass(inner),
            IOException => OperatingSystem.IsWindows()
                ? fault.HResult is WindowsDiskFull or WindowsHandleDiskFull
                : fault.HResult is NoSpace || fault.HResult == (OperatingSystem.IsMacOS() ? QuotaExceededOnMac : QuotaExceeded),
            _ => false,
        };
}
