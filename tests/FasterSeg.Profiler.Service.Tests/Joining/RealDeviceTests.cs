using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.EndToEnd.Tests;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Jobs;
using FasterSeg.Profiler.Service.Tests.Security;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>The program itself, as a process, in a fake fleet.</summary>
public sealed class RealDeviceTests : IAsyncDisposable
{
    private const string Key = "a-key-of-a-device";

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-device-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_device_joins_measures_outlives_a_stop_and_leaves()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using FakeFleet fleet = await FakeFleet.StartAsync();
        fleet.Refusal = headers =>
            headers.GetValue("authorization") == "Bearer " + Key ? null : new Status(StatusCode.Unauthenticated, "Who is it?");
        await using RunningProgram device = Start(["--join", fleet.Address.ToString(), "--join-as", "box-2"], Key);

        FakeCall call = await fleet.WelcomeNextAsync();
        Assert.Equal(("box-2", Protos.Profiler.V1.ExecutionProvider.Cpu), (call.Hello.Name, call.Hello.Identity.Provider));
        await call.SayAsync(JoinedProfiler.Stint(1, JobService.Measurable[..2], JobService.Settings));
        List<AgentMessage> told = await call.UntilEndAsync(1);
        Assert.Equal(3, told.Count);
        Assert.All(told.SkipLast(1), message =>
        {
            LatencyEntry entry = LatencyTableJson.ParseEntry(message.Result.Entry, "a result");
            Assert.Null(entry.Failure);
            Assert.True(entry.MedianMs > 0);
            Assert.Equal(entry.Spread!.Samples, message.Result.Samples.Sum(session => session.SamplesMs.Count));
        });
        Assert.All(told[^1].End.SentinelMs, ms => Assert.True(ms > 0));

        // Stopped past its lease: what it has not been told that the fleet has comes late.
        Signal(device.Id, "STOP");
        call.HangUp();
        int signs = call.Signs;
        await Task.Delay(TimeSpan.FromSeconds(3 * FakeCall.SignSeconds), Cancellation);
        Assert.Equal(signs, call.Signs);
        Signal(device.Id, "CONT");
        FakeCall second = await fleet.NextCallAsync();
        Assert.Equal([1], second.Hello.Leases);
        await second.WelcomeAsync();
        Assert.Equal(told, await second.UntilEndAsync(1));

        // Its sessions take as long as they may: it is in the middle of one when it is asked to end.
        var slow = new MeasurementSettings { MaximumSeconds = 600, MinimumSamples = 10_000 };
        await second.SayAsync(JoinedProfiler.Stint(2, JobService.Measurable[..2], slow));
        int before = second.Signs;
        while (second.Signs < before + 3)
            await Task.Delay(20, Cancellation);
        Assert.Null(second.Present);
        device.Interrupt();
        Assert.True((await second.NextAsync()).Condition.Leaving);
        Assert.Equal(new StintEnd { Lease = 2, Reason = "The device leaves the fleet." }, (await second.NextAsync()).End);
        await second.Ended;
        (int code, string output, string error) = await device.WaitForEndAsync(Cancellation);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("This device is 'box-2' of the fleet", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_goes_to_no_other_machine_in_clear_text()
    {
        await using RunningProgram device = Start(["--join", "http://192.0.2.1:5250"], Key);
        (int code, _, string error) = await device.WaitForEndAsync(Cancellation);
        Assert.Equal(2, code);
        Assert.StartsWith("The access key would be sent to http://192.0.2.1:5250/ unencrypted", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_tls_a_device_trusts_the_authority_that_it_is_told()
    {
        using var made = new MadeCertificates();
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12FromFile(
            made.Issue("fleet.p12", MadeCertificates.ServerUse),
            password: null
        );
        await using FakeFleet fleet = await FakeFleet.StartAsync(certificate);
        Assert.Equal("https", fleet.Address.Scheme);
        await using (RunningProgram stranger = Start(["--join", fleet.Address.ToString()], Key))
            await stranger.WaitForOutputAsync("set FASTERSEG_PROFILER_CA to the PEM file", Cancellation);
        await using RunningProgram device = Start(["--join", fleet.Address.ToString()], Key, made["ca.pem"]);
        FakeCall call = await fleet.WelcomeNextAsync();
        Assert.Equal(Environment.MachineName, call.Hello.Name);
    }

    private RunningProgram Start(string[] arguments, string key, string authority = "") =>
        RunningProgram.Start(
            Path.ChangeExtension(typeof(ProfilerHost).Assembly.Location, ".dll"),
            folder,
            new Dictionary<string, string> { ["FASTERSEG_PROFILER_KEY"] = key, ["FASTERSEG_PROFILER_CA"] = authority },
            [
                "--listen",
                "127.0.0.1:0",
                "--page",
                "off",
                "--store",
                Path.Combine(folder, "store"),
                "--locks",
                folder,
                "--share-device",
                .. arguments,
            ]
        );

    private static void Signal(int id, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
