using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>What is wrong with a request comes back as INVALID_ARGUMENT, each fault under its field.</summary>
public sealed class RefusalTests(ProfilerFixture host)
{
    [Fact]
    public async Task Another_provider_is_refused_by_name_and_the_offered_one_is_named()
    {
        BuildTableRequest request = Request();
        request.Options.Provider = ExecutionProvider.Tensorrt;
        BadRequest.Types.FieldViolation fault = Assert.Single(await RefusedAsync(request));
        Assert.Equal("options.provider", fault.Field);
        Assert.Contains("'tensorrt' is missing", fault.Description, StringComparison.Ordinal);
        Assert.Contains("Ask for 'cpu'", fault.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_precision_is_refused_by_name()
    {
        BuildTableRequest request = Request();
        request.Options.Precision = Precision.Fp16;
        BadRequest.Types.FieldViolation fault = Assert.Single(await RefusedAsync(request));
        Assert.Equal("options.precision", fault.Field);
        Assert.Contains("'fp16' is missing", fault.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_broken_rule_of_a_space_is_a_violation()
    {
        BuildTableRequest request = Request();
        request.Space.Height = 100;
        request.Space.Layers = 2;
        request.Space.StudentHeadRatio = 0.9;
        List<BadRequest.Types.FieldViolation> faults = await RefusedAsync(request);
        Assert.Equal(3, faults.Count);
        Assert.Contains(faults, fault => fault.Description.Contains("height 100 is not a multiple of 32", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pool_is_refused_since_a_profiler_has_none()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Measuring.GetDeviceAsync(
                new(),
                new Metadata { { "fasterseg-pool", "1080ti" } },
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("'1080ti' names a pool of a fleet", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_space_is_refused() =>
        Assert.Equal("space", Assert.Single(await RefusedAsync(new BuildTableRequest())).Field);

    [Fact]
    public async Task Every_option_out_of_range_is_a_violation()
    {
        BuildTableRequest request = Request();
        request.Options = new()
        {
            Threads = 100_000,
            BatchSize = -1,
            RelativeHalfWidth = double.NaN,
            MinimumSamples = 3,
            MaximumSeconds = double.PositiveInfinity,
            Provider = (ExecutionProvider)77,
        };
        Assert.Equal(
            [
                "options.provider",
                "options.threads",
                "options.batch_size",
                "options.relative_half_width",
                "options.minimum_samples",
                "options.maximum_seconds",
            ],
            (await RefusedAsync(request)).Select(fault => fault.Field)
        );
    }

    [Fact]
    public async Task An_unreadable_key_is_named()
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = host.Measuring.MeasureOperators(
            new() { Keys = { "conv h8 w8 c8-8 s1", "cnov h8 w8 c8-8 s1" } },
            cancellationToken: TestContext.Current.CancellationToken
        );
        BadRequest.Types.FieldViolation fault = Assert.Single(
            Violations(await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream)))
        );
        Assert.Equal("keys[1]", fault.Field);
        Assert.Contains("'cnov h8 w8 c8-8 s1'", fault.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_keys_are_refused()
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = host.Measuring.MeasureOperators(
            new(),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            "keys",
            Assert.Single(Violations(await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream)))).Field
        );
    }

    /// <summary>The field violations of a refusal.</summary>
    internal static List<BadRequest.Types.FieldViolation> Violations(RpcException fault)
    {
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        return [.. fault.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations];
    }

    private static BuildTableRequest Request() => new() { Space = ProfilerFixture.TinySpace, Options = ProfilerFixture.Once };

    private async Task<List<BadRequest.Types.FieldViolation>> RefusedAsync(BuildTableRequest request)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = host.Measuring.BuildTable(
            request,
            cancellationToken: TestContext.Current.CancellationToken
        );
        return Violations(await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream)));
    }
}
