using System.Reflection;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>
/// Keeps this device in a fleet: calls one node after the other until one takes the call, and again when that breaks, while the device
/// measures on. The profiler's own service knows nothing of it.
/// </summary>
internal sealed class FleetAgent : BackgroundService
{
    // Within the time that the host takes to stop.
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(3);

    // A node that is gone is told within this time; a living one answers pings however busy it is, and costs a call at worst.
    private static readonly ConnectionPatience Patience = ConnectionPatience.Default with
    {
        Reach = TimeSpan.FromSeconds(5),
        Handshake = TimeSpan.FromSeconds(20),
        Quiet = TimeSpan.FromSeconds(10),
        Silence = TimeSpan.FromSeconds(10),
    };

    private readonly JoinOptions options;
    private readonly IEngine engine;
    private readonly HeldLeases leases;
    private readonly Outbox outbox;
    private readonly DeviceCondition condition;
    private readonly Func<FleetOrders> orders;
    private readonly IHostApplicationLifetime lifetime;
    private readonly TimeProvider time;
    private readonly ILogger<FleetAgent> logger;
    private readonly Redialling redialling;

    // Each device has an order of its own, so that nodes have about as many, and those of one that dies go to all the others.
    private readonly (string Name, GrpcChannel Channel)[] fleets;

    private readonly string program = Guid.NewGuid().ToString("N");

    // What the log has been told of each fleet since the device last joined one.
    private readonly HashSet<string> told = [];

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="FasterSeg.Latency.UserErrorException">The key or a certificate cannot be used.</exception>
    public FleetAgent(
        JoinOptions options,
        IEngine engine,
        HeldLeases leases,
        Outbox outbox,
        DeviceCondition condition,
        StintMeasurer stints,
        ModelStintMeasurer models,
        UploadBudget uploads,
        CallLimits limits,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<FleetAgent> logger
    )
    {
        (this.options, this.engine, this.leases, this.outbox, this.condition) = (options, engine, leases, outbox, condition);
        (this.lifetime, this.time, this.logger, redialling) = (lifetime, time, logger, new(time));
        orders = () => new(leases, outbox, stints, models, uploads, limits);
        var credentials = ProfilerCredentials.FromEnvironment();
        fleets =
        [
            .. options
                .Fleets.Shuffle()
                .Select(each => (each.GetLeftPart(UriPartial.Authority), ProfilerChannel.Open(each, credentials, Patience))),
        ];
    }

    /// <summary>Closes the connections.</summary>
    public override void Dispose()
    {
        foreach ((_, GrpcChannel channel) in fleets)
            channel.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Who starts the host waits for nothing of this.
        await Task.Yield();
        using var limit = new CancellationTokenSource();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await using CancellationTokenRegistration leave = leaving.Token.Register(() =>
        {
            limit.CancelAfter(LongestLeave);
            condition.Leave();
            leases.GiveBack("The device leaves the fleet.");
        });
        for (int turn = 0; !leaving.IsCancellationRequested; turn++)
        {
            (string name, GrpcChannel channel) = fleets[turn % fleets.Length];
            TimeSpan? pause = await CallAsync(name, channel, limit.Token);
            if (pause is null)
                return;
            try
            {
                await Task.Delay(pause.Value, time, leaving.Token);
            }
            catch (OperationCanceledException)
            {
                // There is no call on which to say goodbye.
            }
        }
    }

    /// <summary>One call.</summary>
    /// <returns>How long to wait before the next; null where there shall be none.</returns>
    private async Task<TimeSpan?> CallAsync(string name, GrpcChannel channel, CancellationToken cancellation)
    {
        bool stood = false;
        string reason;
        bool isRefusal = false;
        try
        {
            using FleetOrders mine = orders();
            string? dismissal = await new FleetCall(mine, leases, outbox, condition, time).RunAsync(
                new AgentService.AgentServiceClient(channel),
                Hello(),
                welcome =>
                {
                    stood = true;
                    redialling.NoteStanding();
                    told.Clear();
                    logger.LogInformation(
                        "This device is '{Device}' of the fleet at {Fleet}, in the pool {Pool}",
                        LogText.Of(welcome.DeviceId),
                        name,
                        LogText.Of(welcome.Pool)
                    );
                },
                cancellation
            );
            if (dismissal is not null)
            {
                logger.LogWarning(
                    "The fleet at {Fleet} dismisses this device: {Reason}; it joins again when the profiler is started anew",
                    name,
                    LogText.Of(dismissal).TrimEnd('.')
                );
                leases.Forget();
                return null;
            }
            reason = $"The fleet at {name} ended the call";
        }
        catch (RpcException fault)
        {
            reason = FleetFaults.Sentence(fault, name);
            isRefusal = FleetFaults.IsRefusal(fault);
        }
        catch (Exception fault)
        {
            reason = $"The call of the fleet at {name} failed ({LogText.Of(fault.Message)})";
            if (fault is not (OperationCanceledException or InvalidOperationException or IOException))
                logger.LogError(fault, "The call of the fleet at {Fleet} failed", name);
        }
        if (condition.IsLeaving)
        {
            logger.LogInformation("This device has left the fleet at {Fleet}", name);
            return null;
        }
        TimeSpan pause = isRefusal ? Redialling.Refused : redialling.Next();
        if (told.Add(reason))
            logger.LogWarning(
                "{Reason}. {Next}",
                reason,
                isRefusal ? $"The device asks again each {Redialling.Refused.TotalSeconds:0} s."
                    : stood ? "The device measures on and calls again."
                    : "The device calls again until somebody answers."
            );
        return pause;
    }

    private Hello Hello() =>
        new()
        {
            Name = options.Name ?? Environment.MachineName,
            Device = engine.DeviceMessage(),
            Identity = engine.Identity(new() { Threads = engine.Device.DefaultThreads }).ToMessage(),
            Protocol = new MeasurementSettings().Protocol.Split(' ')[0],
            Version = typeof(FleetAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            ColdCaches = engine.Caches is not null,
            Program = program,
        };
}
