using FasterSeg.Fleet.Service.Scheduling;
using Orleans.Concurrency;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>A pool's mind (<see cref="PoolMind"/>); its key is the pool's id.</summary>
internal interface IPool : IGrainWithStringKey
{
    /// <summary>What a device is to do next; waits some seconds for it, then null.</summary>
    Task<StintOffer?> TakeAsync(string device, TimeSpan wait);

    /// <summary>A job is new, or has ended: devices that hold its items are told.</summary>
    Task LookAsync(string? ended);

    /// <summary>Signs of life of devices.</summary>
    [OneWay]
    Task SignAsync(IReadOnlyList<DeviceSign> signs);

    /// <summary>Results of these leases were kept.</summary>
    [OneWay]
    Task KeptAsync(IReadOnlyList<long> tokens);

    /// <summary>A device's call broke.</summary>
    [OneWay]
    Task GoneAsync(string device);

    /// <summary>A stint of a job has ended.</summary>
    Task EndAsync(long token, string device, string job, IReadOnlyList<double> sentinelMs, string? loaded);

    /// <summary>A card has measured what it is compared on: keys and entries as JSON.</summary>
    Task CompareAsync(string device, string settings, IReadOnlyList<KeyedEntry> entries, string? loaded);

    /// <summary>Devices that asked for work lately.</summary>
    Task<int> ReadyAsync();

    /// <summary>Why nobody measures for a job, as the end of a sentence; null where somebody does, or may.</summary>
    Task<string?> PausedAsync(string job);
}

/// <summary>An operator's key and its entry as JSON.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record KeyedEntry([property: Id(0)] string Key, [property: Id(1)] string Entry);

/// <summary>A device's one session, wherever its call came in; its key is the device's id.</summary>
internal interface IDevice : IGrainWithStringKey
{
    /// <summary>A session says that it is there, and what keeps its device from working. An older one of the same device ends.</summary>
    Task AttachAsync(string session, IDeviceSession observer, string program, DeviceCondition condition);

    /// <summary>Whether another program has this device's name, and was heard of lately.</summary>
    /// <param name="program">The one that asks; empty where it does not say.</param>
    Task<bool> IsTakenAsync(string program);

    /// <summary>A session is over.</summary>
    Task DetachAsync(string session);

    /// <summary>Takes a lease away from the device.</summary>
    Task RevokeAsync(long token);

    /// <summary>What keeps the device from working, as it says itself: null where its call does not stand.</summary>
    Task<DeviceCondition?> ConditionAsync();

    /// <summary>The device said what keeps it from working.</summary>
    Task SetConditionAsync(DeviceCondition condition);
}

/// <summary>What keeps a device from working.</summary>
/// <param name="Lost">Why it measures nothing; null where it does.</param>
/// <param name="IsLeaving">Whether it takes no new work because it ends.</param>
[GenerateSerializer]
[Immutable]
internal sealed record DeviceCondition([property: Id(0)] string? Lost, [property: Id(1)] bool IsLeaving);

/// <summary>The end of a device's call, on the node that has it.</summary>
internal interface IDeviceSession : IGrainObserver
{
    /// <summary>The same device called anew, perhaps elsewhere.</summary>
    [OneWay]
    Task ReplacedAsync();

    /// <summary>A lease is taken away.</summary>
    [OneWay]
    Task RevokeAsync(long token);
}

/// <summary>A job's mind (<see cref="JobMind"/>); its key is the job's id.</summary>
internal interface ITableJob : IGrainWithStringKey
{
    /// <summary>Results were kept.</summary>
    [OneWay]
    Task KeptAsync(IReadOnlyList<KeptEntry> entries);

    /// <summary>Something else changed.</summary>
    [OneWay]
    Task LookAsync();

    /// <summary>What is new behind a number; waits for it, then tells how it stands. Null where there is no such job.</summary>
    Task<JobNews?> NewsAsync(long behind, TimeSpan wait);
}
