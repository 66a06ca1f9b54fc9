using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Tests.Hosting;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class AccessKeyGateTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly ListLogger<AccessKeyGate> log = new();
    private readonly string key;
    private string? caller = "nobody came through";

    public AccessKeyGateTests()
    {
        (key, string line) = AccessKeys.New("anna");
        File.WriteAllText(file, line);
    }

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task The_owner_of_a_key_is_the_caller()
    {
        await CallAsync("Bearer " + key);
        Assert.Equal("anna", caller);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_not_logged()
    {
        HttpResponse response = await CallAsync("Bearer secret");
        Assert.Equal("16", response.Headers["grpc-status"]);
        Assert.Equal("nobody came through", caller);
        Assert.DoesNotContain("secret", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_check_needs_no_key_and_has_no_caller()
    {
        await CallAsync(authorization: null, "grpc.health.v1.Health", "Check");
        Assert.Null(caller);
    }

    [Fact]
    public async Task What_only_looks_like_a_health_check_needs_a_key()
    {
        HttpResponse response = await CallAsync(
            authorization: null,
            "fasterseg.profiler.v1.ProfilerService",
            path: "/grpc.health.v1.Health/Check"
        );
        Assert.Equal("16", response.Headers["grpc-status"]);
        Assert.Equal("nobody came through", caller);
    }

    private async Task<HttpResponse> CallAsync(
        string? authorization,
        string service = "fasterseg.profiler.v1.ProfilerService",
        string name = "GetDevice",
        string? path = null
    )
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddSingleton<IHostApplicationLifetime>(new NoLifetime()).BuildServiceProvider(),
        };
        context.Request.Path = path ?? $"/{service}/{name}";
        Marshaller<byte[]> bytes = Marshallers.Create<byte[]>(value => value, value => value);
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, bytes, bytes);
        context.SetEndpoint(new(null, new(new GrpcMethodMetadata(typeof(object), method)), name));
        context.Request.Headers.Authorization = authorization;
        await new AccessKeyGate(
            passed =>
            {
                caller = passed.User.Identity?.Name;
                return Task.CompletedTask;
            },
            AccessKeys.Load(file),
            log
        ).InvokeAsync(context);
        return context.Response;
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() { }
    }
}
