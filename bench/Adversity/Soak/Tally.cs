using System.Collections.Concurrent;
using Grpc.Core;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>How every call ended. What ended as its maker meant it to is no error: an answer, a deliberate refusal, the client's own
/// hanging up.</summary>
internal sealed class Tally
{
    private const int MostTexts = 200;

    private readonly ConcurrentDictionary<(string Action, string Outcome), int> counts = new();
    private readonly ConcurrentQueue<string> errors = new();
    private int calls;
    private int failures;

    /// <summary>Calls that ended.</summary>
    public int Calls => calls;

    /// <summary>Calls that ended as nobody meant them to.</summary>
    public int Errors => failures;

    /// <summary>The first errors, in words.</summary>
    public IReadOnlyCollection<string> Texts => errors;

    /// <summary>How often each action had each outcome.</summary>
    public IEnumerable<(string Action, string Outcome, int Count)> Counts =>
        counts
            .Select(pair => (pair.Key.Action, pair.Key.Outcome, pair.Value))
            .OrderBy(row => row.Action, StringComparer.Ordinal)
            .ThenBy(row => row.Outcome, StringComparer.Ordinal);

    /// <summary>Makes a call and notes how it ended.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="meant">The statuses that it may end with.</param>
    /// <param name="call">The call.</param>
    /// <param name="left">Cancelled where the client itself hangs up.</param>
    public async Task RunAsync(string action, IReadOnlyCollection<StatusCode> meant, Func<Task> call, CancellationToken left)
    {
        try
        {
            await call();
            Note(action, StatusCode.OK, meant, "");
        }
        catch (Exception gone)
            when (left.IsCancellationRequested && gone is (OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }))
        {
            Count(action, "hung up");
        }
        catch (RpcException fault)
        {
            Note(action, fault.StatusCode, meant, fault.Status.Detail);
        }
        catch (Exception fault)
        {
            Fail(action, $"{fault.GetType().Name}: {fault.Message}");
        }
    }

    private void Note(string action, StatusCode status, IReadOnlyCollection<StatusCode> meant, string detail)
    {
        if (meant.Contains(status))
            Count(action, status.ToString());
        else
            Fail(action, $"{status} instead of {string.Join(" or ", meant)}: {detail}");
    }

    private void Fail(string action, string text)
    {
        Count(action, "ERROR");
        if (Interlocked.Increment(ref failures) <= MostTexts)
            errors.Enqueue($"{DateTime.UtcNow:HH:mm:ss} {action}: {text}");
    }

    private void Count(string action, string outcome)
    {
        Interlocked.Increment(ref calls);
        counts.AddOrUpdate((action, outcome), 1, (_, count) => count + 1);
    }
}
