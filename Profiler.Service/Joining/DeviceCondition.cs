using FasterSeg.Protos.Fleet.V1;
using DeviceHealth = FasterSeg.Profiler.Service.Jobs.DeviceHealth;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>What keeps the device from working, as the fleet is told.</summary>
internal sealed class DeviceCondition(DeviceHealth health)
{
    private readonly TaskCompletionSource leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Of which one ends when it changes next. Who looks takes them before the look.</summary>
    public IReadOnlyList<Task> Changes => IsLeaving ? [health.Changed] : [health.Changed, leaving.Task];

    /// <summary>Whether somebody stops the device.</summary>
    public bool IsLeaving => leaving.Task.IsCompleted;

    /// <summary>It leaves.</summary>
    public void Leave() => leaving.TrySetResult();

    /// <summary>As it is now.</summary>
    public Condition Now() => new() { Lost = health.Reason ?? "", Leaving = IsLeaving };
}
