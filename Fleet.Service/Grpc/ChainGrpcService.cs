using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Chains, as agents take them.</summary>
internal sealed class ChainGrpcService(ISweepStore store, SchedulingRules rules, ILogger<ChainGrpcService> logger)
    : ChainService.ChainServiceBase
{
    private const int LongestName = 200,
        LongestText = 4000,
        MostAside = 10_000,
        MostSigns = 1000,
        SignsOfATerm = 4;

    private double SignSeconds => rules.ChainTerm.TotalSeconds / SignsOfATerm;

    /// <inheritdoc/>
    public override async Task<TakeResponse> Take(TakeRequest request, ServerCallContext context)
    {
        var faults = new RequestFaults();
        if (!IsName(request.Agent))
            faults.Add("agent", $"An agent has a name of 1 to {LongestName} characters.");
        if (!IsName(request.Ask))
            faults.Add("ask", $"Each ask has a name of its own, of 1 to {LongestName} characters.");
        if (request.WithoutSweeps.Count + request.WithoutChains.Count > MostAside)
            faults.Add("without_chains", $"An agent leaves aside at most {MostAside} sweeps and chains.");
        faults.ThrowIfAny();
        LeasedChain? lease = await store.TakeAsync(
            new(request.Agent, request.Ask, request.WithoutSweeps, request.WithoutChains),
            context.CancellationToken
        );
        var response = new TakeResponse { SignSeconds = SignSeconds };
        if (lease is null)
            return response;
        logger.LogInformation(
            "{Agent} takes {Chain} of the sweep {Sweep}",
            LogText.Of(request.Agent),
            LogText.Of(lease.Chain),
            lease.Sweep
        );
        response.Lease = new()
        {
            Token = lease.Token,
            Sweep = lease.Sweep,
            Place = lease.Place,
            Mark = lease.Mark,
            Chain = lease.Chain,
        };
        return response;
    }

    /// <inheritdoc/>
    public override async Task<RenewResponse> Renew(RenewRequest request, ServerCallContext context)
    {
        if (request.Signs.Count > MostSigns)
            throw RequestFaults.Refusal("signs", $"An agent has at most {MostSigns} chains at a time.");
        ChainSigns signs = await store.RenewAsync([
            .. request.Signs.Select(sign => new ChainBeat(sign.Token, Shortened(sign.Latest), Amount(sign.Images), Amount(sign.AllImages))),
        ]);
        return new()
        {
            SignSeconds = SignSeconds,
            Held = { signs.Held },
            Withdrawn = { signs.Withdrawn },
        };
    }

    /// <inheritdoc/>
    public override async Task<ReportResponse> Report(ReportRequest request, ServerCallContext context)
    {
        ChainStanding standing = request.State switch
        {
            ChainState.Done => ChainStanding.Done,
            ChainState.Failed => ChainStanding.Failed,
            ChainState.Refused => ChainStanding.Refused,
            _ => throw RequestFaults.Refusal("state", "A chain ends as done, failed or refused."),
        };
        return new() { Kept = await store.EndAsync(request.Token, standing, Shortened(request.Message)) };
    }

    /// <inheritdoc/>
    public override async Task<GiveBackResponse> GiveBack(GiveBackRequest request, ServerCallContext context)
    {
        await store.GiveBackAsync(request.Token, Shortened(request.Reason));
        return new();
    }

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl);

    private static string Shortened(string text) => StatusText.Shortened(text, LongestText);

    private static double Amount(double sent) => double.IsFinite(sent) && sent >= 0 ? sent : 0;
}
