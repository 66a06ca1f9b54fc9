using Orleans.Concurrency;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>Knows where a device's call is. Sessions say so again from time to time, so that an activation elsewhere learns it.</summary>
[Reentrant]
internal sealed class DeviceGrain(TimeProvider time) : Grain, IDevice
{
    // A session says each 30 s that it is there; one whose node has died says nothing any more.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(40);

    private string? session;
    private string program = "";
    private DateTimeOffset announced = DateTimeOffset.MinValue;
    private IDeviceSession? observer;
    private DeviceCondition condition = new(Lost: null, IsLeaving: false);

    /// <inheritdoc/>
    public async Task AttachAsync(string session, IDeviceSession observer, string program, DeviceCondition condition)
    {
        IDeviceSession? older = this.session is not null && this.session != session ? this.observer : null;
        (this.session, this.observer, this.program, this.condition, announced) = (session, observer, program, condition, time.GetUtcNow());
        if (older is not null)
            await older.ReplacedAsync();
    }

    /// <inheritdoc/>
    public Task<bool> IsTakenAsync(string program) =>
        Task.FromResult(
            session is not null
                && program.Length > 0
                && this.program.Length > 0
                && program != this.program
                && time.GetUtcNow() - announced < Lately
        );

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
