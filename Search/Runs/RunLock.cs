using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>
/// One search or training at a time in a run: each writes <c>scalars.csv</c> anew when it begins, and would drop the other's rows. The lock
/// is the system's on an open file, so it dies with the process that holds it, however that dies. A note beside it says who that is.
/// </summary>
public sealed class RunLock : IDisposable
{
    private readonly FileStream file;

    private RunLock(FileStream file)
    {
        this.file = file;
        LockOwner.Note(file.Name);
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="UserErrorException">Another process, or another phase of this one, holds it.</exception>
    public static RunLock Take(RunFolder run)
    {
        try
        {
            var held = new RunLock(new FileStream(run.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            // Some commands write the configuration when their beginning is behind them.
            run.EndBeginning();
            return held;
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException || (fault is IOException && !LockFaults.IsHeld(fault)))
        {
            throw new UserErrorException($"{run.Lock} cannot be made: {fault.Message}", fault);
        }
        catch (IOException fault)
        {
            string by = LockOwner.Of(run.Lock) is { } owner ? $" by {owner}" : "";
            throw new UserErrorException(
                $"Another search or training uses {run.Path} already ({run.Lock} is held{by}): wait for its end, or train in a copy of "
                    + "the folder.",
                fault
            );
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        LockOwner.Forget(file.Name);
        file.Dispose();
    }
}
