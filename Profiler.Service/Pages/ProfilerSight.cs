using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>What the page for people shows.</summary>
/// <param name="Device">What is measured on.</param>
/// <param name="Provider">The execution provider.</param>
/// <param name="Precision">Of the arithmetic.</param>
/// <param name="Lost">Why the device measures nothing; null while it does.</param>
/// <param name="StoreFault">Why the store keeps nothing; null while it does.</param>
/// <param name="Waiting">Measurements that wait for the device.</param>
/// <param name="Jobs">The newest table jobs, running or not.</param>
/// <param name="Tables">The newest tables.</param>
/// <param name="Now">When it was looked at.</param>
internal sealed record ProfilerSight(
    DeviceFacts Device,
    string Provider,
    string Precision,
    string? Lost,
    string? StoreFault,
    int Waiting,
    IReadOnlyList<SeenJob> Jobs,
    IReadOnlyList<SeenTable> Tables,
    DateTimeOffset Now
);

/// <summary>A job on the page.</summary>
/// <param name="Job">The job.</param>
/// <param name="Progress">How far it is; null where it does not run, or has not begun.</param>
/// <param name="IsRunning">Whether it runs.</param>
/// <param name="Owner">Whose it is, for who may know; null where nobody knows.</param>
internal sealed record SeenJob(StoredJob Job, JobProgress? Progress, bool IsRunning, string? Owner);

/// <summary>A table on the page.</summary>
/// <param name="Table">The table.</param>
/// <param name="Drift">How it differs from the version before it, a sentence; null where there is none before.</param>
/// <param name="Networks">What the whole networks of its job have shown, a sentence; null where none were measured.</param>
/// <param name="Validation">How well it predicts networks, a sentence; null where nobody has tried.</param>
internal sealed record SeenTable(TableHeader Table, string? Drift, string? Networks, string? Validation);
