using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Tests.Hosting;
using Microsoft.AspNetCore.Http;

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
    public async Task TheOwnerOfAKeyIsTheCaller()
    {
        await CallAsync("Bearer " + key);
        Assert.Equal("anna", caller);
    }

    [Fact]
    public async Task AWrongKeyIsRefusedAndNotLogged()
    {
        HttpResponse response = await CallAsync("Bearer secret");
        Assert.Equal("16", response.Headers["grpc-status"]);
        Assert.Equal("nobody came through", caller);
        Assert.DoesNotContain("secret", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHealthCheckNeedsNoKeyAndHasNoCaller()
    {
        await CallAsync(authorization: null, "/grpc.health.v1.Health/Check");
        Assert.Null(caller);
    }

    private async Task<HttpResponse> CallAsync(string? authorization, string path = "/fasterseg.profiler.v1.ProfilerService/GetDevice")
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
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
}
