using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// What uploaded models may take of the service's memory, all of them together: each may have 256 MiB and waits for its turn on the device,
/// and a thousand calls are taken at a time.
/// </summary>
/// <param name="time">The clock of the patience with silent clients.</param>
/// <param name="mostBytes">Bytes of all uploads that are not yet answered.</param>
public sealed class UploadBudget(TimeProvider time, long mostBytes = UploadBudget.MostBytes)
{
    /// <summary>Four models of the largest size.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>How long a client may send nothing in the middle of its upload: what it has sent takes others' place meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private long used;

    internal TimeProvider Time => time;

    /// <summary>An upload that counts against the budget until it is disposed of.</summary>
    public UploadMeter Meter(IAsyncStreamReader<Proto.MeasureModelRequest> stream) => new(this, stream);

    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= mostBytes)
            return true;
        Return(bytes);
        return false;
    }

    internal void Return(long bytes) => Interlocked.Add(ref used, -bytes);
}
