using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Load;
using FasterSeg.Bench.Adversity.Readers;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests.Disks;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.Hardship;

/// <summary>A profiler with limits of a few seconds and a store on a small disk of its own, and what befalls it.</summary>
internal sealed class TroubledService : IAsyncDisposable
{
    private const double LimitSeconds = 3;
    private const int MostTroubles = 30;

    private readonly string folder;
    private readonly Random random;
    private readonly TmpfsFolder? disk;
    private readonly SortedDictionary<string, int> befell = new(StringComparer.Ordinal);
    private ServiceProcess service = null!;

    private TroubledService(string folder, int seed)
    {
        (this.folder, random, disk) = (folder, new(seed), TmpfsFolder.TryMake(mebibytes: 12));
        Directory.CreateDirectory(folder);
        if (disk is not null)
            Directory.CreateSymbolicLink(Path.Combine(folder, "store"), disk.Path);
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where all of it goes but the store, which has a small disk of its own where this user may mount one.</param>
    /// <param name="seed">Of what befalls it.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public static async Task<TroubledService> StartAsync(string folder, int seed, CancellationToken cancellation)
    {
        var troubled = new TroubledService(folder, seed);
        await troubled.StartAsync(cancellation);
        return troubled;
    }

    /// <summary>Has a table built, whatever happens to the profiler meanwhile.</summary>
    public async Task<BuiltTable> BuildAsync(BuildTableRequest request, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        string job = "";
        while (true)
        {
            ServiceProcess present = service;
            using GrpcChannel channel = GrpcChannel.ForAddress(present.Address);
            var client = new ProfilerService.ProfilerServiceClient(channel);
            try
            {
                string? done =
                    job.Length == 0 ? null : (await client.GetJobAsync(new() { Id = job }, cancellationToken: cancellation)).Job.TableId;
                if (done is not { Length: > 0 })
                {
                    using var call = client.BuildTable(request, cancellationToken: cancellation);
                    await foreach (BuildTableResponse news in call.ResponseStream.ReadAllAsync(cancellation))
                        (job, done) = (news.JobId.Length > 0 ? news.JobId : job, news.TableId);
                }
                if (done is { Length: > 0 })
                    return await BuiltTable.FetchAsync(channel, done, Stopwatch.GetElapsedTime(start).TotalSeconds, cancellation);
            }
            catch (RpcException) when (!cancellation.IsCancellationRequested)
            {
                // Killed, or its disk is full: it is asked again.
            }
            await Task.Delay(200, cancellation);
        }
    }

    /// <summary>Ends it as one ends a service, and starts it again: SQLite's log is then empty, and a full disk is felt at once.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        Signal(service.Id, "TERM");
        while (!service.HasEnded)
            await Task.Delay(50, cancellation);
        await service.DisposeAsync();
        await StartAsync(cancellation);
    }

    /// <summary>Troubles it until the building is over.</summary>
    /// <returns>What befell it, and how often.</returns>
    public async Task<string> TroubleAsync(Task building, CancellationToken cancellation)
    {
        befell.Clear();
        Task load = Task.CompletedTask,
            full = Task.CompletedTask;
        for (int i = 0; i < MostTroubles && !building.IsCompleted; i++)
        {
            await Task.WhenAny(building, Task.Delay(random.Next(500, 5000), cancellation));
            if (building.IsCompleted)
                break;
            switch (random.Next(6))
            {
                case 0:
                    await StopAsync("worker stopped", Worker, cancellation);
                    break;
                case 1:
                    await StopAsync("service stopped", service.Id, cancellation);
                    break;
                case 2:
                    Count("worker killed");
                    Signal(Worker, "KILL");
                    break;
                case 3:
                    Count("service killed");
                    await service.DisposeAsync();
                    await StartAsync(cancellation);
                    break;
                case 4 when load.IsCompleted:
                    load = LoadAsync(random.Next(1, 4), random.Next(5, 15), cancellation);
                    break;
                case 5 when full.IsCompleted && disk is not null:
                    full = FullAsync(random.Next(10, 25), cancellation);
                    break;
            }
        }
        await Task.WhenAll(load, full);
        return string.Join(", ", befell.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key} {each.Value}")));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        disk?.Dispose();
    }

    private int Worker => service.Workers is [var worker, ..] ? worker : service.Id;

    private async Task StartAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                string[] limits = ["--build-seconds", LimitSeconds.ToString(CultureInfo.InvariantCulture)];
                service = await ServiceProcess.StartAsync(folder, core: null, cancellation, build: null, limits);
                return;
            }
            catch (UserErrorException) when (befell.Count > 0)
            {
                // It refuses to start on a full disk, and says so in its log.
                Count("start refused");
                await Task.Delay(1000, cancellation);
            }
        }
    }

    private async Task StopAsync(string what, int id, CancellationToken cancellation)
    {
        Count(what);
        Signal(id, "STOP");
        await Task.Delay(TimeSpan.FromSeconds(2 * LimitSeconds), cancellation);
        Signal(id, "CONT");
    }

    private async Task LoadAsync(int programs, int seconds, CancellationToken cancellation)
    {
        Count("copying programs", programs);
        Process[] load = [.. Enumerable.Range(0, programs).Select(_ => CopyCommand.Start())];
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        }
        finally
        {
            foreach (Process program in load)
            {
                program.Kill();
                program.Dispose();
            }
        }
    }

    private async Task FullAsync(int seconds, CancellationToken cancellation)
    {
        Count("disk full");
        disk!.Fill();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        }
        finally
        {
            disk.Empty();
        }
    }

    private void Count(string what, int times = 1) => befell[what] = befell.GetValueOrDefault(what) + times;

    private static void Signal(int id, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
