using System.Diagnostics;
using System.Globalization;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>What a client with a key sees of the profiler: short calls, one after the other, over connections that it has and over new
/// ones.</summary>
/// <param name="service">The profiler.</param>
/// <param name="key">Whose key.</param>
internal sealed class KeyedCalls(KeyedService service, string key)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10),
        Longest = TimeSpan.FromSeconds(30);

    private readonly List<double> milliseconds = [];
    private readonly List<double> connectingMs = [];
    private readonly List<string> errors = [];

    /// <summary>Calls that failed.</summary>
    public int Errors => errors.Count;

    /// <summary>99 % of the calls took no longer, ms.</summary>
    public double P99 => At(milliseconds, 0.99);

    /// <summary>A line of figures.</summary>
    public string Line =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{milliseconds.Count} calls, p50 {At(milliseconds, 0.5):0.0}, p99 {P99:0.0}, max {At(milliseconds, 1):0.0} ms; "
                + $"{connectingMs.Count} with a new connection, p50 {At(connectingMs, 0.5):0.0}, p99 {At(connectingMs, 0.99):0.0}, "
                + $"max {At(connectingMs, 1):0.0} ms; {Errors} errors{(Errors > 0 ? ": " + errors[0] : "")}"
        );

    /// <summary>Calls for some time.</summary>
    public async Task RunAsync(TimeSpan time, CancellationToken cancellation)
    {
        using GrpcChannel lasting = service.Open(key);
        await lasting.ConnectAsync(cancellation);
        await CallAsync(lasting, [], cancellation);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(start) < time; i++)
        {
            await CallAsync(lasting, milliseconds, cancellation);
            if (i % 20 == 0)
            {
                using GrpcChannel fresh = service.Open(key);
                await CallAsync(fresh, connectingMs, cancellation);
            }
            await Task.Delay(Pause, cancellation);
        }
    }

    private async Task CallAsync(GrpcChannel channel, List<double> times, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await new ProfilerService.ProfilerServiceClient(channel).GetDeviceAsync(
                new(),
                deadline: DateTime.UtcNow + Longest,
                cancellationToken: cancellation
            );
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (RpcException fault)
        {
            errors.Add($"{fault.StatusCode}: {fault.Status.Detail}");
        }
    }

    private static double At(List<double> times, double quantile) =>
        times.Count == 0 ? double.NaN : times.Order().ElementAt((int)Math.Min(times.Count - 1, quantile * times.Count));
}
