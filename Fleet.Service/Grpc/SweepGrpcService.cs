using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Sweeps, as people hand them to their fleet and look at them.</summary>
internal sealed class SweepGrpcService(ISweepStore store) : SweepService.SweepServiceBase
{
    private const int MostChains = 10_000,
        LongestName = 200,
        LongestPlace = 2000,
        MarkDigits = 64;

    /// <inheritdoc/>
    public override async Task<AddSweepResponse> AddSweep(AddSweepRequest request, ServerCallContext context)
    {
        Require(request);
        if (await store.SweepAsync(request.Mark) is { } known)
            RequireOwner(known, context);
        SweepRow sweep = await store.AddAsync(
            new(request.Mark, request.Place, context.Client(), [.. request.Chains.Select(chain => (chain.Name, chain.Done))]),
            request.Again
        );
        if (sweep.Place != StoreText.Clean(request.Place))
            throw new RpcException(
                new Status(
                    StatusCode.FailedPrecondition,
                    $"This very sweep is worked on in {StatusText.Shortened(sweep.Place)} already: withdraw that one first "
                        + "('fasterseg sweep withdraw'), or plan another sweep."
                )
            );
        return new() { Sweep = sweep.ToMessage() };
    }

    /// <inheritdoc/>
    public override async Task<ListSweepsResponse> ListSweeps(ListSweepsRequest request, ServerCallContext context) =>
        new() { Sweeps = { (await store.SweepsAsync()).Select(SweepMessages.ToMessage) } };

    /// <inheritdoc/>
    public override async Task<ShowSweepResponse> ShowSweep(ShowSweepRequest request, ServerCallContext context)
    {
        SweepRow sweep = await FindAsync(request.Id);
        return new() { Sweep = sweep.ToMessage(), Chains = { (await store.ChainsAsync(sweep.Id)).Select(SweepMessages.ToMessage) } };
    }

    /// <inheritdoc/>
    public override async Task<RemoveSweepResponse> RemoveSweep(RemoveSweepRequest request, ServerCallContext context)
    {
        SweepRow sweep = await FindAsync(request.Id);
        RequireOwner(sweep, context);
        await store.WithdrawAsync(sweep.Id);
        return new() { Sweep = (await FindAsync(sweep.Id)).ToMessage() };
    }

    private async Task<SweepRow> FindAsync(string id) =>
        await store.SweepAsync(id)
        ?? throw new RpcException(
            new Status(
                StatusCode.NotFound,
                $"This fleet has no sweep '{StatusText.Shortened(id, StatusText.LongestName)}': 'fasterseg fleet sweeps' lists them."
            )
        );

    private static void RequireOwner(SweepRow sweep, ServerCallContext context)
    {
        if (sweep.Owner != context.Client() && !context.IsOperator())
            throw new RpcException(
                new Status(
                    StatusCode.PermissionDenied,
                    "The sweep is somebody else's: its owner, or an operator, submits and withdraws it."
                )
            );
    }

    private static void Require(AddSweepRequest request)
    {
        var faults = new RequestFaults();
        if (request.Mark.Length != MarkDigits || !request.Mark.All(char.IsAsciiHexDigitLower))
            faults.Add("mark", "A sweep's mark is the SHA-256 of its sweep.json, in hexadecimal.");
        if (request.Place.Length is 0 or > LongestPlace || request.Place.Any(char.IsControl))
            faults.Add("place", $"A sweep's place is its folder's whole path, of up to {LongestPlace} characters.");
        if (request.Chains.Count is 0 or > MostChains)
            faults.Add("chains", $"A sweep has 1 to {MostChains} chains.");
        else if (request.Chains.FirstOrDefault(chain => !IsName(chain.Name)) is { } wrong)
            faults.Add("chains", $"'{StatusText.Shortened(wrong.Name, StatusText.LongestName)}' is no name of a chain.");
        else if (request.Chains.DistinctBy(chain => chain.Name, StringComparer.OrdinalIgnoreCase).Count() < request.Chains.Count)
            faults.Add("chains", "Two chains have one name.");
        faults.ThrowIfAny();
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && !name.Any(each => char.IsControl(each) || each is '/' or '\\');
}
