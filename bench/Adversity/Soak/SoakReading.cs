using System.Globalization;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>The profiler at one moment. What could not be read is NaN.</summary>
/// <param name="Seconds">Since the soak's beginning.</param>
/// <param name="ServiceMiB">Resident memory of the service.</param>
/// <param name="HeapMiB">Its managed heap after the last collection.</param>
/// <param name="Handles">Its open file descriptors but for the program's own files.</param>
/// <param name="ProgramFiles">Descriptors of assemblies and libraries that it has loaded so far.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Worker">Process id of its worker.</param>
/// <param name="WorkerMiB">Resident memory of the worker.</param>
/// <param name="WorkerHandles">The worker's open file descriptors.</param>
/// <param name="WorkerThreads">The worker's threads.</param>
/// <param name="StoreMiB">The store's files.</param>
/// <param name="WorkerStarts">Workers started since the beginning.</param>
/// <param name="Measurements">Measurements since the beginning.</param>
/// <param name="Calls">Calls that ended.</param>
/// <param name="Errors">Those that ended as nobody meant them to.</param>
internal sealed record SoakReading(
    double Seconds,
    double ServiceMiB,
    double HeapMiB,
    double Handles,
    double ProgramFiles,
    double Threads,
    int Worker,
    double WorkerMiB,
    double WorkerHandles,
    double WorkerThreads,
    double StoreMiB,
    double WorkerStarts,
    double Measurements,
    int Calls,
    int Errors
)
{
    /// <summary>The names of <see cref="Line"/>'s columns.</summary>
    public const string Header =
        "seconds,service_mib,heap_mib,handles,program_files,threads,worker,worker_mib,worker_handles,worker_threads,store_mib,"
        + "worker_starts,measurements,calls,errors";

    /// <summary>The reading as a line of a CSV file.</summary>
    public string Line =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Seconds:F1},{ServiceMiB:F2},{HeapMiB:F2},{Handles},{ProgramFiles},{Threads},{Worker},{WorkerMiB:F2},"
                + $"{WorkerHandles},{WorkerThreads},{StoreMiB:F2},{WorkerStarts},{Measurements},{Calls},{Errors}"
        );
}
