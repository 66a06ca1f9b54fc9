using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using Grpc.Core;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The one place where exceptions become a sentence on standard error and an exit code.</summary>
public static class ErrorBoundary
{
    private static readonly string[] NoMemory = ["can't allocate memory", "Failed to allocate memory", "out of memory", "std::bad_alloc"];

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="verbose">Print the stack of what nobody expected.</param>
    /// <param name="cancellationToken">Canceled where the user interrupts.</param>
    /// <param name="goesOn">The command that goes on after an interruption, where the command itself names none; null is none.</param>
    public static async Task<int> RunAsync(
        Func<Task<int>> command,
        TextWriter error,
        bool verbose,
        CancellationToken cancellationToken,
        string? goesOn = null
    )
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (OperationCanceledException fault) when (cancellationToken.IsCancellationRequested)
        {
            string? next = (fault as InterruptedException)?.Command ?? goesOn;
            error.WriteLine(next is null ? "Interrupted." : CommandText.Below("Interrupted. Go on with:", next));
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            (int code, string sentence) = Describe(exception, verbose);
            error.WriteLine("error: " + sentence);
            if (verbose)
                error.WriteLine(exception);
            return code;
        }
    }

    /// <summary>.NET has an exception for it; torch and ONNX Runtime have words.</summary>
    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || Array.Exists(NoMemory, word => exception.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static (int Code, string Sentence) Describe(Exception exception, bool verbose) =>
        exception switch
        {
            ProfilerUnreachableException => (ExitCodes.ProfilerUnreachable, exception.Message),
            UsageException => (ExitCodes.WrongUsage, exception.Message),
            UserErrorException or MissingLatencyException => (ExitCodes.Failed, exception.Message),
            RpcException rpc => Describe(ProfilerErrors.Translate(rpc, "the given address"), verbose),
            // The operating system's messages name the path: no such file, access denied, disk full.
            IOException or UnauthorizedAccessException => (ExitCodes.Failed, exception.Message),
            _ when IsOutOfMemory(exception) => (
                ExitCodes.Failed,
                $"There is not enough memory for this ({exception.Message.Split('\n')[0].Trim().TrimEnd('.')}): take smaller images, crops "
                    + "or batches (a phase's accumulation puts its batch through in parts), or a machine with more."
            ),
            _ => (
                ExitCodes.Failed,
                $"Unexpected failure ({exception.GetType().Name}): {exception.Message}"
                    + (verbose ? "" : " Run the command again with --verbose to see where it happened.")
            ),
        };
}
