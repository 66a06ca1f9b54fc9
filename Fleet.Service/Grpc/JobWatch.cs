using System.Runtime.CompilerServices;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Grpc;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Follows a job to its end, whatever becomes of the nodes meanwhile.</summary>
internal sealed class JobWatch(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3),
        Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>The present state, then what is new, again and again, to the end; the last one has another state than running. Where
    /// nothing is new for some seconds, it says so.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such job. ABORTED: it was cancelled. INTERNAL: it failed.</exception>
    public async IAsyncEnumerable<JobNews> FollowAsync(string job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long behind = -1;
        while (true)
        {
            JobNews? news = await AskAsync(job, behind, cancellation);
            if (news is null)
                throw Unknown(job);
            // A mind that begins anew counts anew.
            behind = news.Last < behind ? -1 : news.Last;
            yield return news;
            if (news.State == FleetJobState.Cancelled)
                throw new RpcException(JobRefusals.Cancelled);
            if (news.State == FleetJobState.Failed)
                throw new RpcException(new Status(StatusCode.Internal, news.Message));
            if (news.State == FleetJobState.Done)
                yield break;
        }
    }

    /// <summary>The refusal of a job's id that nobody knows.</summary>
    public static RpcException Unknown(string id) =>
        new(
            new Status(
                StatusCode.NotFound,
                $"This fleet has no job '{StatusText.Shortened(id, StatusText.LongestName)}': list the jobs of its pool."
            )
        );

    private async Task<JobNews?> AskAsync(string job, long behind, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await grains.GetGrain<ITableJob>(job).NewsAsync(behind, Patience).WaitAsync(cancellation);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                // A node went away, or the store is away: the mind comes to life elsewhere.
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }
}
