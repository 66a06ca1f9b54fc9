using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Asks a fleet until it answers, and says once that it does not, and once that it does again.</summary>
/// <param name="reporter">Tells the user.</param>
/// <param name="pause">Between two questions.</param>
internal sealed class FleetVoice(IProgressReporter reporter, TimeSpan pause)
{
    private readonly Lock gate = new();
    private bool isAway,
        wasThere;

    /// <summary>Asks.</summary>
    /// <param name="question">The question; it has to be repeatable.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserErrorException">It refuses, and has never answered.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> question, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await TryAsync(question, cancellation).ConfigureAwait(false) is (true, var answer))
                return answer!;
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks once.</summary>
    /// <returns>Whether it has answered.</returns>
    public async Task<(bool Has, T? Answer)> TryAsync<T>(Func<CancellationToken, Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            T answer = await question(cancellation).ConfigureAwait(false);
            Note(fault: null);
            return (true, answer);
        }
        catch (UserErrorException fault) when (fault is FleetAwayException || wasThere)
        {
            // Who has let this agent in before may do so again: a key that is exchanged, a node of another version.
            Note(fault.Message);
            return (false, default);
        }
    }

    private void Note(string? fault)
    {
        lock (gate)
        {
            wasThere |= fault is null;
            if (isAway == (fault is not null))
                return;
            isAway = fault is not null;
            reporter.Say(
                fault is null
                    ? "The fleet answers again."
                    : $"{fault.TrimEnd('.')}. What runs goes on to the end of its stage, and nothing new is begun until the fleet answers."
            );
        }
    }
}
