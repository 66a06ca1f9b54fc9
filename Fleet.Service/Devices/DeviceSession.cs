using System.Threading.Channels;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>
/// One device's call: asks its pool for stints, sends them, and takes the results. It decides nothing of what is true: results go to the
/// store under their lease.
/// </summary>
internal sealed class DeviceSession : IDeviceSession
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3),
        Pause = TimeSpan.FromMilliseconds(500);

    private readonly DeviceRow device;
    private readonly SessionParts parts;
    private readonly ILogger logger;
    private readonly Channel<FleetMessage> outgoing = Channel.CreateUnbounded<FleetMessage>(new() { SingleReader = true });
    private readonly Dictionary<long, StintWork> works = [];
    private readonly Lock gate = new();
    private readonly Profiler.Service.Signal woken = new();
    private readonly CancellationTokenSource ending = new();
    private readonly StintResults results;
    private readonly string program;
    private Condition condition;

    /// <summary>A session of a device that has joined.</summary>
    public DeviceSession(DeviceRow device, Hello hello, SessionParts parts, ILogger logger)
    {
        (this.device, this.parts, this.logger) = (device, parts, logger);
        condition = hello.Condition ?? new();
        program = hello.Program;
        results = new(device, parts, logger, Send);
        Heard();
    }

    /// <summary>Names the session.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The device's id.</summary>
    public string Device => device.Id;

    /// <summary>The device's pool.</summary>
    public string Pool => device.Pool;

    /// <summary>When the device was last heard of.</summary>
    public DateTimeOffset LastHeard { get; private set; }

    /// <summary>Whether it knows the leases that the device has: before, it must not be taken to have none.</summary>
    public bool HasAdopted { get; private set; }

    /// <summary>What is to be sent to the device; ends with the session.</summary>
    public ChannelReader<FleetMessage> Outgoing => outgoing.Reader;

    /// <summary>Leases that the device works at.</summary>
    public IReadOnlyList<long> Leases
    {
        get
        {
            lock (gate)
                return [.. works.Keys.Where(token => token > 0)];
        }
    }

    private IPool PoolGrain => parts.Grains.GetGrain<IPool>(device.Pool);

    /// <summary>Takes up leases that the device still works at, from before its call broke; those that it does not are given
    /// back.</summary>
    /// <param name="named">What its hello named.</param>
    /// <returns>Those that it has.</returns>
    public async Task<IReadOnlyList<long>> AdoptAsync(IReadOnlyCollection<long> named)
    {
        var adopted = new List<long>();
        foreach (Lease lease in await parts.Lookups.LeasesOfAsync(device.Pool, device.Id))
        {
            if (
                named.Contains(lease.Token)
                && (await parts.Lookups.RunningAsync(device.Pool)).TryGetValue(lease.Job, out JobRow? job)
                && await results.FactorAsync(job) is { } factor
            )
            {
                OfferedItem[] items = [.. lease.Items.Select(item => new OfferedItem(item.Position, item.Key, item.FailedAt ?? []))];
                lock (gate)
                    works[lease.Token] = new(
                        new(lease.Token, job.Id, IsCalibration: false, null, Way.Write(job.Job.Settings), job.Job.Source, factor, items),
                        isAdopted: true
                    );
                adopted.Add(lease.Token);
            }
            else
                // Its pool finds the items when it looks.
                await parts.Store.ReleaseAsync(lease.Token);
        }
        HasAdopted = true;
        return adopted;
    }

    /// <summary>Hands the device its work until the call ends.</summary>
    public async Task WorkAsync(CancellationToken call)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call, ending.Token);
        CancellationToken token = either.Token;
        while (!token.IsCancellationRequested)
        {
            Task wake = woken.Next;
            StintWork? busy;
            lock (gate)
                busy = works.Values.FirstOrDefault();
            try
            {
                if (busy is not null)
                {
                    await busy.Ended.WaitAsync(token);
                    // One that measures nothing of what it gets would get it again and again, as fast as both can talk.
                    if (busy.IsBarren)
                        await Task.WhenAny(wake, Task.Delay(Patience, token));
                }
                else if (condition.Lost.Length > 0 || condition.Leaving)
                    await Task.WhenAny(wake, Task.Delay(Patience, token));
                else if (await PoolGrain.TakeAsync(device.Id, Patience) is { } offer)
                    await BeginAsync(offer, token);
            }
            catch (Exception fault) when (!token.IsCancellationRequested && fault is not OperationCanceledException)
            {
                // A node that went away, or the store: the next one answers.
                logger.LogWarning("Device {Device} gets no work at present: {Reason}", device.Id, fault.Message);
                await Task.Delay(Pause * (1 + Random.Shared.NextDouble()), token);
            }
        }
    }

    /// <summary>A message of the device.</summary>
    public async Task HandleAsync(AgentMessage message)
    {
        Heard();
        switch (message.WhatCase)
        {
            case AgentMessage.WhatOneofCase.Result:
                results.Take(message.Result, WorkOf(message.Result.Lease));
                break;
            case AgentMessage.WhatOneofCase.Model:
                results.Take(message.Model, WorkOf(message.Model.Lease));
                break;
            case AgentMessage.WhatOneofCase.End:
                // The next message need not wait for the disk.
                _ = EndAsync(message.End);
                break;
            case AgentMessage.WhatOneofCase.Condition:
                condition = message.Condition;
                woken.Raise();
                await TryTellConditionAsync();
                break;
        }
    }

    /// <summary>Tells the cluster that this session is there, and what keeps the device from working.</summary>
    public async Task AnnounceAsync(IDeviceSession self)
    {
        await parts.Grains.GetGrain<IDevice>(device.Id).AttachAsync(Id, self, program, Said);
    }

    /// <inheritdoc/>
    public Task ReplacedAsync()
    {
        logger.LogInformation("Device {Device} called anew; its older call ends", device.Id);
        Close();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RevokeAsync(long token)
    {
        StintWork? work;
        lock (gate)
        {
            if (!works.Remove(token, out work))
                return Task.CompletedTask;
        }
        Send(new() { Revocation = new() { Lease = token } });
        work.End();
        return Task.CompletedTask;
    }

    /// <summary>Ends the call.</summary>
    public void Close()
    {
        ending.Cancel();
        outgoing.Writer.TryComplete();
    }

    private void Send(FleetMessage message) => outgoing.Writer.TryWrite(message);

    private void Heard() => LastHeard = parts.Time.GetUtcNow();

    private StintWork? WorkOf(long lease)
    {
        lock (gate)
            return works.GetValueOrDefault(lease);
    }

    private async Task BeginAsync(StintOffer offer, CancellationToken call)
    {
        if (call.IsCancellationRequested)
        {
            await PoolGrain.EndAsync(offer.Token, device.Id, offer.Job, [], loaded: null);
            return;
        }
        var work = new StintWork(offer);
        lock (gate)
            works[offer.Token] = work;
        if (!await StintMessages.SendAsync(offer, parts.Store, Send))
        {
            lock (gate)
                works.Remove(offer.Token);
            await PoolGrain.EndAsync(offer.Token, device.Id, offer.Job, [], loaded: null);
        }
    }

    private async Task EndAsync(StintEnd end)
    {
        StintWork? work;
        lock (gate)
            works.TryGetValue(end.Lease, out work);
        try
        {
            if (work is null)
                return;
            await work.SettleAsync();
            work.NoteEnd();
            await results.EndAsync(end, work, PoolGrain);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Its term runs out, and what it has no result for goes to others.
            logger.LogWarning("The end of a stint of device {Device} cannot be noted: {Reason}", device.Id, fault.Message);
        }
        finally
        {
            lock (gate)
                works.Remove(end.Lease);
            work?.End();
        }
    }

    private async Task TryTellConditionAsync()
    {
        try
        {
            await TellConditionAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // With the next announcement.
            logger.LogWarning("What device {Device} says of itself cannot be told at present: {Reason}", device.Id, fault.Message);
        }
    }

    private Task TellConditionAsync() => parts.Grains.GetGrain<IDevice>(device.Id).SetConditionAsync(Said);

    private DeviceCondition Said => new(condition.Lost.Length > 0 ? DeviceAnswers.Words(condition.Lost) : null, condition.Leaving);
}
