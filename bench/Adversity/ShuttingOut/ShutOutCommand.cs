using System.Diagnostics;
using System.Globalization;
using FasterSeg.Latency;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>Clients that try to shut others out: without a key, with a bomb, with all that a key gives.</summary>
internal static class ShutOutCommand
{
    private const int MiB = 1 << 20;

    /// <summary>Runs it and prints what came of it.</summary>
    /// <returns>0 where nobody was shut out, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        string folder = Path.GetFullPath(arguments.Required("out"));
        var time = TimeSpan.FromSeconds(arguments.Number("seconds", 30, 1));
        int core = arguments.Integer("service-core", -1, -1);
        // A part of the flood, to see what a latency under it comes from; nothing else is then done.
        string? only = arguments.Optional("flood");
        string report = Path.Combine(folder, "shutout.txt");
        OutputFile.RequireAll([report], "--out", overwrite: false, []);
        await using KeyedService service = await KeyedService.StartAsync(folder, core < 0 ? null : core, interrupted);
        List<string> lines = [];

        KeyedCalls quiet = new(service, "anna"),
            flooded = new(service, "anna");
        await quiet.RunAsync(time, interrupted);
        Tell("keyed client, quiet: " + quiet.Line);
        using (Process flood = StartFlood(service, only))
        {
            Task<string> health = AskForHealthAsync(service, time, interrupted);
            await flooded.RunAsync(time, interrupted);
            Tell("keyed client, under the keyless flood: " + flooded.Line);
            Tell("health check under it: " + await health);
            flood.StandardInput.Close();
            Tell("the flood: " + (await flood.StandardOutput.ReadToEndAsync(interrupted)).Trim());
        }
        Tell(string.Create(CultureInfo.InvariantCulture, $"p99 {flooded.P99 / quiet.P99:0.0} times the quiet one"));
        if (only is not null)
            return flooded.Errors == 0 ? 0 : 1;

        using (GrpcChannel anna = service.Open("anna"))
        {
            Tell("one upload of 16 MiB of empty nodes: " + await PeakMemory.AroundAsync(service.Process, () => BombAsync(anna, 1, 16)));
            Tell("six of them at a time: " + await PeakMemory.AroundAsync(service.Process, () => BombAsync(anna, 6, 16)));
            byte[] weights = UploadBomb.OfWeights(200 * MiB);
            Tell(
                "three models of 200 MiB at a time: "
                    + await PeakMemory.AroundAsync(service.Process, () => SendAsync([anna], weights, 3, interrupted))
            );
            using GrpcChannel bert = service.Open("bert");
            Tell(
                "eight at a time, of two clients: "
                    + await PeakMemory.AroundAsync(service.Process, () => SendAsync([anna, bert], weights, 8, interrupted))
            );
        }

        var noise = new Noise(service, Path.Combine(folder, "service.log"));
        Tell("6,000 malformed requests: " + await noise.MalformedAsync(interrupted));
        Tell("20 models with a name of 4 MB: " + await noise.NamesAsync(4_000_000, interrupted));
        Tell("20 models with a name of 1 MB: " + await noise.NamesAsync(1_000_000, interrupted));
        Tell("60 large cancelled jobs: " + await noise.ListAsync(interrupted));
        var keys = new TwoKeys(service);
        Tell("one key against another: " + await keys.DeviceTimeAsync(time, interrupted));
        Tell("one key against another: " + await keys.BehindModelsAsync(6, interrupted));
        Tell("one key against another: " + await keys.SharesAsync(interrupted));
        AtomicFile.WriteAllText(report, string.Join('\n', lines) + "\n");
        return flooded.Errors == 0 && !service.Process.HasEnded ? 0 : 1;

        void Tell(string line)
        {
            lines.Add(line);
            Console.WriteLine(line);
        }

        Task<string> BombAsync(GrpcChannel channel, int count, int size) =>
            SendAsync([channel], UploadBomb.OfNodes(size * MiB), count, interrupted);
    }

    /// <summary>With the lowest priority, so that what it costs is what the profiler does for it.</summary>
    private static Process StartFlood(KeyedService service, string? only)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] arguments =
        [
            "-n",
            "19",
            dotnet,
            Path.Combine(AppContext.BaseDirectory, "fasterseg-adversity.dll"),
            "flood",
            "--address",
            service.Process.Address.ToString(),
            "--hash",
            service.Hash,
            .. only is null ? [] : new[] { "--only", only },
        ];
        return Process.Start(new ProcessStartInfo("nice", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private static async Task<string> SendAsync(GrpcChannel[] channels, byte[] model, int count, CancellationToken cancellation)
    {
        StatusCode[] ends = await Task.WhenAll(
            Enumerable.Range(0, count).Select(i => UploadBomb.SendAsync(channels[i % channels.Length], model, cancellation))
        );
        return string.Join(", ", ends.GroupBy(end => end).Select(group => $"{group.Count()} {group.Key}"));
    }

    /// <summary>As a container's check does: each time over a connection of its own.</summary>
    private static async Task<string> AskForHealthAsync(KeyedService service, TimeSpan time, CancellationToken cancellation)
    {
        int good = 0,
            bad = 0;
        for (int i = 0; i < time.TotalSeconds; i++)
        {
            using GrpcChannel channel = service.Open(null);
            try
            {
                await new Health.HealthClient(channel).CheckAsync(
                    new(),
                    deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5),
                    cancellationToken: cancellation
                );
                good++;
            }
            catch (RpcException)
            {
                bad++;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        }
        return $"{good} good, {bad} bad";
    }
}
