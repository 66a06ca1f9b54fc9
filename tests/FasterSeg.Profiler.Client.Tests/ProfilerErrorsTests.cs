using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>Each failure is told by its own cause.</summary>
public sealed class ProfilerErrorsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SocketError.ConnectionRefused, "No profiler answers at https://box:1: start one with")]
    [InlineData(SocketError.HostNotFound, "No machine of the name in https://box:1 is known")]
    [InlineData(SocketError.TryAgain, "No machine of the name in https://box:1 is known")]
    [InlineData(SocketError.TimedOut, "The machine of https://box:1 cannot be reached")]
    [InlineData(SocketError.HostUnreachable, "The machine of https://box:1 cannot be reached")]
    [InlineData(SocketError.NetworkUnreachable, "The machine of https://box:1 cannot be reached")]
    [InlineData(
        SocketError.ConnectionReset,
        "No profiler answers at https://box:1, or it cuts the connection because it wants another client's certificate"
    )]
    public void A_connection_that_fails_is_told_by_what_it_failed_of(SocketError error, string expected)
    {
        var cause = new HttpRequestException("refused", new SocketException((int)error));
        UserErrorException told = ProfilerErrors.Translate(
            new RpcException(new Status(StatusCode.Unavailable, "Error starting gRPC call.", cause)),
            "https://box:1"
        );
        Assert.IsType<ProfilerUnreachableException>(told);
        Assert.StartsWith(expected, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_somebody_cancelled_has_not_failed()
    {
        UserErrorException told = ProfilerErrors.Translate(
            new RpcException(new Status(StatusCode.Aborted, "The job was cancelled; what it has measured is kept.")),
            "http://box:1"
        );
        Assert.Equal("The profiler at http://box:1 says: The job was cancelled; what it has measured is kept.", told.Message);
    }

    [Fact]
    public void A_profiler_that_is_ended_under_its_first_answer_is_no_foreign_server()
    {
        var cause = new HttpRequestException(
            HttpRequestError.InvalidResponse,
            "An error occurred",
            new IOException("read", new SocketException((int)SocketError.ConnectionReset))
        );
        UserErrorException told = ProfilerErrors.Translate(
            new RpcException(new Status(StatusCode.Internal, "Error starting gRPC call.", cause)),
            "http://box:1"
        );
        Assert.StartsWith("The connection to http://box:1 broke off: the profiler there was ended", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profiler_that_says_why_it_does_not_measure_is_quoted()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        fake.OnMeasureModel = _ =>
            throw new RpcException(new Status(StatusCode.Unavailable, "The device is lost: no driver. Ask again later."));
        fake.OnBuildTable = (_, _, _) =>
            throw new RpcException(new Status(StatusCode.Unavailable, "The device is lost: no driver. Ask again later."));
        await using ProfilerConnection profiler = await ProfilerConnection.OpenAsync(fake.Url, say: null, new ImpatientTime(), Stop);
        var model = await Assert.ThrowsAsync<UserErrorException>(() =>
            profiler.MeasureModelAsync(new byte[1], "x", new MeasuringOptions(), cancellationToken: Stop)
        );
        Assert.Equal($"The profiler at {fake.Url} cannot do this now: The device is lost: no driver. Ask again later.", model.Message);
        var table = await Assert.ThrowsAsync<ProfilerUnreachableException>(() =>
            profiler.BuildTableAsync(TestTables.Space, new MeasuringOptions(), seed: 1, cancellationToken: Stop)
        );
        Assert.StartsWith(
            $"The profiler at {fake.Url} stopped answering (The device is lost: no driver. Ask again later), and nothing was written",
            table.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted), InlineData(StatusCode.DeadlineExceeded)]
    public void A_profiler_that_takes_no_more_is_quoted_without_a_codes_name(StatusCode code)
    {
        UserErrorException told = ProfilerErrors.Translate(new RpcException(new Status(code, "Send it again later.")), "http://box:1");
        Assert.Equal("The profiler at http://box:1 did not take the request: Send it again later.", told.Message);
    }

    [Fact]
    public void A_fleet_is_called_a_fleet_whatever_is_wrong()
    {
        const string Address = "https://box:1";
        Exception?[] causes = [null, new IOException("cut"), new HttpRequestException(HttpRequestError.ConnectionError, "no way")];
        foreach (StatusCode code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK))
        {
            foreach (Exception? cause in causes)
            foreach (string detail in new[] { "Why.", "" })
            {
                var fault = new RpcException(new Status(code, detail, cause));
                string fleet = ProfilerErrors
                    .Translate(fault, Address, ProfilerErrors.Fleet)
                    .Message.Replace("--profiler", "", StringComparison.Ordinal);
                Assert.DoesNotContain("profiler", fleet, StringComparison.Ordinal);
                Assert.DoesNotContain("fleet", ProfilerErrors.Translate(fault, Address).Message, StringComparison.Ordinal);
            }
        }
        Assert.Contains(
            "'fasterseg-fleet new-key'",
            ProfilerErrors
                .Translate(new RpcException(new Status(StatusCode.Unauthenticated, "No.")), Address, ProfilerErrors.Fleet)
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_proxys_answer_is_nobodys_profiler()
    {
        foreach (
            StatusCode code in new[] { StatusCode.Unavailable, StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.Unknown }
        )
        {
            UserErrorException told = ProfilerErrors.Translate(
                new RpcException(new Status(code, "Bad gRPC response. HTTP status code: 503")),
                "http://box:1"
            );
            Assert.StartsWith("Something answers at http://box:1, but it does not speak gRPC", told.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true, "was issued for another name"), InlineData(false, "do not trust each other's certificates")]
    public async Task A_certificate_that_does_not_fit_is_told_by_what_does_not(bool trusted, string expected)
    {
        using X509Certificate2 certificate = TestCertificate.Make(trusted ? "elsewhere" : null),
            other = TestCertificate.Make();
        await using FakeProfiler fake = await FakeProfiler.StartAsync(certificate);
        using GrpcChannel channel = ProfilerChannel.Open(new(fake.Url), new(null, [trusted ? certificate : other], null));
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ProfilerService.ProfilerServiceClient(channel).GetDeviceAsync(new(), cancellationToken: Stop)
        );
        Assert.Contains(expected, ProfilerErrors.Translate(fault, fake.Url).Message, StringComparison.Ordinal);
    }
}
