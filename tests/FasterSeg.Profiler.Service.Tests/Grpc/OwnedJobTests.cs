using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>Jobs belong to the client that asked for them.</summary>
public sealed class OwnedJobTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_cancelled_by_its_client_or_an_operator_and_by_nobody_else()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync();
        ProfilerService.ProfilerServiceClient anna = new(profiler.Connect("anna")),
            bert = new(profiler.Connect("bert")),
            olga = new(profiler.Connect("olga"));
        string first = await BuildAsync(anna, seed: 1),
            second = await BuildAsync(anna, seed: 2);
        // Who attaches to a job does not own it.
        Assert.Equal(first, await BuildAsync(bert, seed: 1));
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await bert.CancelJobAsync(new() { Id = first }, cancellationToken: Stop)
        );
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Contains("belongs to another client", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.False((await bert.GetJobAsync(new() { Id = first }, cancellationToken: Stop)).Job.Yours);
        Job annas = (await anna.GetJobAsync(new() { Id = first }, cancellationToken: Stop)).Job;
        Assert.Equal((true, JobState.Running), (annas.Yours, annas.State));

        await anna.CancelJobAsync(new() { Id = first }, cancellationToken: Stop);
        await olga.CancelJobAsync(new() { Id = second }, cancellationToken: Stop);
        Assert.All((await bert.ListJobsAsync(new(), cancellationToken: Stop)).Jobs, job => Assert.Equal(JobState.Cancelled, job.State));
        // Whoever has it go on owns it.
        Assert.Equal(first, await BuildAsync(bert, seed: 1));
        Assert.True((await bert.GetJobAsync(new() { Id = first }, cancellationToken: Stop)).Job.Yours);
        await bert.CancelJobAsync(new() { Id = first }, cancellationToken: Stop);
    }

    /// <summary>Begins a job that takes long, and leaves it.</summary>
    private static async Task<string> BuildAsync(ProfilerService.ProfilerServiceClient client, ulong seed)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(
            new()
            {
                Space = ProfilerFixture.TinySpace,
                Options = new()
                {
                    Seed = seed,
                    MaximumSeconds = 60,
                    MinimumSamples = 5000,
                    Sessions = 9,
                },
            },
            cancellationToken: Stop
        );
        Assert.True(await call.ResponseStream.MoveNext(Stop));
        return call.ResponseStream.Current.JobId;
    }
}
