using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Sweeps;
using Standing = FasterSeg.Protos.Fleet.V1.ChainState;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>A fleet of one sweep, in memory: leases end where a test says so.</summary>
internal sealed class MadeFleet : IChainFleet
{
    private readonly Lock gate = new();
    private readonly string place,
        mark;
    private readonly Dictionary<string, (Standing State, long Token, string Message)> chains;
    private readonly List<string> given = [];
    private long tokens;
    private int asked;

    public MadeFleet(SweepFolder sweep, string? place = null)
    {
        (this.place, mark) = (place ?? sweep.Path, SweepFolder.MarkIn(sweep.Path));
        chains = sweep.Sweep.Chains.ToDictionary(chain => chain.Name, _ => (Standing.Waiting, 0L, ""));
    }

    /// <summary>What it says where it is asked; null where it answers.</summary>
    public UserErrorException? Refusal { get; set; }

    /// <summary>How often it was asked for anything.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>Whether the sweep was withdrawn.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Why chains were given back, in order.</summary>
    public IReadOnlyList<string> GivenBack
    {
        get
        {
            lock (gate)
                return [.. given];
        }
    }

    /// <summary>How a chain stands.</summary>
    public (Standing State, long Token, string Message) this[string chain]
    {
        get
        {
            lock (gate)
                return chains[chain];
        }
    }

    /// <summary>Whether all chains have ended.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate)
                return chains.Values.All(chain => chain.State is not (Standing.Waiting or Standing.Leased));
        }
    }

    /// <summary>A lease lapses; its chain is kept from others unless it may go on at once.</summary>
    public void Lapse(string chain, Standing then = Standing.Waiting)
    {
        lock (gate)
            chains[chain] = (then, 0, "");
    }

    public Task<TakeResponse> TakeAsync(TakeRequest request, CancellationToken cancellation) =>
        Answer(() =>
        {
            var response = new TakeResponse { SignSeconds = 0.02 };
            string? next = chains
                .Where(chain =>
                    chain.Value.State == Standing.Waiting
                    && !IsWithdrawn
                    && !request.WithoutSweeps.Contains("sweep")
                    && !request.WithoutChains.Contains("sweep/" + chain.Key)
                )
                .Select(chain => chain.Key)
                .FirstOrDefault();
            if (next is null)
                return response;
            chains[next] = (Standing.Leased, ++tokens, "");
            response.Lease = new()
            {
                Token = tokens,
                Sweep = "sweep",
                Place = place,
                Mark = mark,
                Chain = next,
            };
            return response;
        });

    public Task<RenewResponse> RenewAsync(RenewRequest request, CancellationToken cancellation) =>
        Answer(() =>
        {
            long[] held = [.. request.Signs.Select(sign => sign.Token).Where(token => Find(token) is not null)];
            return new RenewResponse
            {
                SignSeconds = 0.02,
                Held = { held },
                Withdrawn = { IsWithdrawn ? held : [] },
            };
        });

    public Task<ReportResponse> ReportAsync(ReportRequest request, CancellationToken cancellation) =>
        Answer(() =>
        {
            if (Find(request.Token) is not { } chain)
                return new ReportResponse();
            chains[chain] = (request.State, 0, request.Message);
            return new ReportResponse { Kept = true };
        });

    public Task<GiveBackResponse> GiveBackAsync(GiveBackRequest request, CancellationToken cancellation) =>
        Answer(() =>
        {
            given.Add(request.Reason);
            if (Find(request.Token) is { } chain)
                chains[chain] = (Standing.Waiting, 0, request.Reason);
            return new GiveBackResponse();
        });

    private string? Find(long token) => chains.FirstOrDefault(chain => chain.Value.Token == token).Key;

    private async Task<T> Answer<T>(Func<T> answer)
    {
        await Task.Yield();
        Interlocked.Increment(ref asked);
        if (Refusal is { } refusal)
            throw refusal;
        lock (gate)
            return answer();
    }
}
