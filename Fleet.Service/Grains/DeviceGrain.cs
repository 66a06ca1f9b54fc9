using Orleans.Concurrency;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>Knows where a device's call is. Sessions say so again from time to time, so that an activation elsewhere learns it.</summary>
[Reentrant]
internal sealed class DeviceGrain : Grain, IDevice
{
    private string? session;
    private IDeviceSession? observer;
    private DeviceCondition condition = new(Lost: null, IsLeaving: false);

    /// <inheritdoc/>
    public async Task AttachAsync(string session, IDeviceSession observer, DeviceCondition condition)
    {
        IDeviceSession? older = this.session is not null && this.session != session ? this.observer : null;
        (this.session, this.observer, this.condition) = (session, observer, condition);
        if (older is not null)
            await older.ReplacedAsync();
    }

    /// <inheritdoc/>
    public Task DetachAsync(string session)
    {
        if (this.session == session)
            (this.session, observer) = (null, null);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RevokeAsync(long token) => observer?.RevokeAsync(token) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task<DeviceCondition?> ConditionAsync() => Task.FromResult(session is null ? null : condition);

    /// <inheritdoc/>
    public Task SetConditionAsync(DeviceCondition condition)
    {
        this.condition = condition;
        return Task.CompletedTask;
    }
}
