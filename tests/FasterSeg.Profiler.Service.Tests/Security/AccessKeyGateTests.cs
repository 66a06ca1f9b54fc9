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
