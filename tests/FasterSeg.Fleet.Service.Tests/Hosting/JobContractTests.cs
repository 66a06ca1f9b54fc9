using FasterSeg.Fleet.Service.Tests.Security;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Jobs and pools through a node.</summary>
public sealed class JobContractTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_its_clients_and_the_operators()
    {
        using KeyRing keys = new("ann", "bob", "boss operator", "device device");
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        await fleet.AddAsync("card-0", new SimulatedCard(), TimeSpan.FromMilliseconds(50), keys["device"]);
        var clients = new ContractClients(fleet);
        Metadata eager = keys.Of("ann");
        eager.Add("fasterseg-priority", "8");
        string job = await clients.BeginAsync(ContractClients.Table(), operators: 1, eager);
        QueuedJob queued = Assert.Single((await clients.Lab.ListQueueAsync(new(), keys.Of("bob"), cancellationToken: Cancellation)).Jobs);
        Assert.Equal((job, "key ann", 0, false), (queued.Job.Id, queued.Owner, queued.Priority, queued.Job.Yours));
        foreach ((string owner, bool isYours) in new[] { ("ann", true), ("bob", false), ("boss", true) })
        {
            Assert.Equal(
                isYours,
                (await clients.Profiler.GetJobAsync(new() { Id = job }, keys.Of(owner), cancellationToken: Cancellation)).Job.Yours
            );
            Job listed = Assert.Single((await clients.Profiler.ListJobsAsync(new(), keys.Of(owner), cancellationToken: Cancellation)).Jobs);
            Assert.Equal((job, isYours, JobState.Running), (listed.Id, listed.Yours, listed.State));
        }
        Assert.Equal(
            (
                StatusCode.PermissionDenied,
                $"Job '{job}' belongs to another client, who may cancel it; so may the owner of an operator's key."
            ),
            await CancelAsync(clients, job, keys.Of("bob"))
        );
        await clients.Profiler.CancelJobAsync(new() { Id = job }, keys.Of("boss"), cancellationToken: Cancellation);
        Assert.Equal(
            JobState.Cancelled,
            (await clients.Profiler.GetJobAsync(new() { Id = job }, keys.Of("ann"), cancellationToken: Cancellation)).Job.State
        );
        Assert.Equal(
            (StatusCode.FailedPrecondition, $"Job '{job}' is not running: it is cancelled."),
            await CancelAsync(clients, job, keys.Of("ann"))
        );
        Assert.Equal(
            (StatusCode.NotFound, "This fleet has no job 'none': list the jobs of its pool."),
            await CancelAsync(clients, "none", keys.Of("ann"))
        );
        Assert.Empty((await clients.Lab.ListQueueAsync(new(), keys.Of("bob"), cancellationToken: Cancellation)).Jobs);
    }

    [Fact]
    public async Task Jobs_are_listed_in_pages()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard(), TimeSpan.FromSeconds(1));
        var clients = new ContractClients(fleet);
        var jobs = new List<string>();
        for (ulong seed = 1; seed <= 3; seed++)
            jobs.Insert(0, await clients.BeginAsync(ContractClients.Table(seed), operators: 0));
        ListJobsResponse first = await clients.Profiler.ListJobsAsync(new() { PageSize = 2 }, cancellationToken: Cancellation),
            second =
                await clients.Profiler.ListJobsAsync(
                    new() { PageSize = 2, PageToken = first.NextPageToken },
                    cancellationToken: Cancellation
                );
        Assert.Equal(jobs, first.Jobs.Concat(second.Jobs).Select(job => job.Id));
        Assert.All(first.Jobs, job => Assert.Equal((null, null), (job.Space, job.Identity)));
        Assert.All((await clients.Profiler.ListJobsAsync(new(), cancellationToken: Cancellation)).Jobs, job => Assert.NotNull(job.Space));
    }

    [Fact]
    public async Task A_call_is_for_the_pool_that_it_names()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        var clients = new ContractClients(fleet);
        const string Nobody =
            "No device has joined this fleet yet: start 'fasterseg-profiler --join URL' on one, with this fleet's address.";
        Assert.Equal(
            (StatusCode.Unavailable, Nobody),
            await ContractClients.RefusalAsync(async () => await clients.Profiler.GetDeviceAsync(new()))
        );
        await fleet.AddAsync("one", new SimulatedCard { Kind = "GeForce GTX 1080 Ti" });
        await fleet.AddAsync("two", new SimulatedCard { Kind = "Jetson Orin" });
        (StatusCode status, string sentence) = await ContractClients.RefusalAsync(async () => await clients.Profiler.GetDeviceAsync(new()));
        Assert.Equal(StatusCode.FailedPrecondition, status);
        Assert.StartsWith("This fleet has 2 pools: name one of 'GeForce GTX 1080 Ti", sentence, StringComparison.Ordinal);
        Assert.EndsWith("with --pool, by a part of its name or its id.", sentence, StringComparison.Ordinal);
        foreach ((string pool, string device) in new[] { ("1080ti", "GeForce GTX 1080 Ti"), ("orin", "Jetson Orin") })
        {
            GetDeviceResponse answer = await clients.Profiler.GetDeviceAsync(new(), Pool(pool), cancellationToken: Cancellation);
            Assert.Equal(device, answer.Device.Name);
        }
        BuildTableResponse built = (await clients.BuildAsync(ContractClients.Table(), Pool("orin")))[^1];
        Assert.Equal(0, fleet.Devices[0].Kept);
        TableSummary only = Assert.Single(
            (await clients.Tables.ListTablesAsync(new(), Pool("orin"), cancellationToken: Cancellation)).Tables
        );
        Assert.Equal((built.TableId, "Jetson Orin"), (only.Id, only.DeviceName));
        Assert.Empty((await clients.Tables.ListTablesAsync(new(), Pool("1080ti"), cancellationToken: Cancellation)).Tables);
        (status, sentence) = await ContractClients.RefusalAsync(() => clients.BuildAsync(ContractClients.Table(), Pool("2080")));
        Assert.Equal(StatusCode.FailedPrecondition, status);
        Assert.StartsWith("This fleet has no pool '2080': name one of", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_device_says_so_and_goes_on_when_one_comes()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        SimulatedDevice card = await fleet.AddAsync("card-0", new SimulatedCard());
        await card.KillAsync();
        var clients = new ContractClients(fleet);
        using AsyncServerStreamingCall<BuildTableResponse> call = clients.Profiler.BuildTable(
            ContractClients.Table(),
            cancellationToken: Cancellation
        );
        do Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        while (call.ResponseStream.Current.Paused.Length == 0);
        Assert.Equal(
            "no device of this pool asks for work: start 'fasterseg-profiler --join URL' on one, or see 'fasterseg fleet devices'",
            call.ResponseStream.Current.Paused
        );
        card.Start();
        List<BuildTableResponse> further = await ContractClients.AllAsync(call.ResponseStream);
        Assert.NotEqual("", further[^1].TableId);
        Assert.All(further.Where(each => each.Key.Length > 0), each => Assert.Equal("", each.Paused));
    }

    private static Metadata Pool(string name) => new() { { "fasterseg-pool", name } };

    private static Task<(StatusCode Status, string Sentence)> CancelAsync(ContractClients clients, string job, Metadata key) =>
        ContractClients.RefusalAsync(async () =>
            await clients.Profiler.CancelJobAsync(new() { Id = job }, key, cancellationToken: Cancellation)
        );
}
