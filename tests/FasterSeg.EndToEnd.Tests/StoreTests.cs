using System.Diagnostics;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>What a profiler leaves on the disk, and what it does where the disk leaves it nothing.</summary>
public class StoreTests
{
    [Fact]
    public async Task A_store_is_compacted_while_no_profiler_uses_it_and_serves_the_same_tables()
    {
        await using var bench = new Workbench();
        string table = bench["t.json"];
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        await bench.OkAsync(["profile", "--config", bench.WriteConfiguration(), "--profiler", url, "--out", table]);
        var (code, _, error) = await CompactAsync(bench);
        Assert.Equal(1, code);
        Assert.Contains("Another profiler uses the store", error, StringComparison.Ordinal);
        profiler.KillAlone();
        await profiler.WaitForEndAsync(Workbench.Stop);

        (code, string output, error) = await CompactAsync(bench);
        Assert.True(code == 0, output + error);
        Assert.Contains(" MiB now; let go of 0 tables and 0 jobs.", output, StringComparison.Ordinal);
        (_, url) = await bench.StartProfilerAsync();
        // By its name: a table that was measured on a busy host is not reused.
        using (var channel = GrpcChannel.ForAddress(url))
            await ServedTable.SaveAsync(channel, LatencyTableJson.IdOf(LatencyTableJson.Load(table)), bench["again.json"]);
        Assert.Equal(
            await File.ReadAllBytesAsync(table, Workbench.Stop),
            await File.ReadAllBytesAsync(bench["again.json"], Workbench.Stop)
        );
    }

    [Fact]
    public async Task A_profiler_sweeps_what_one_that_was_killed_has_left_in_the_folder_for_temporary_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody can tell.");
        await using var bench = new Workbench();
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        for (int kill = 0; kill < 2; kill++)
        {
            Assert.Single(WorkerFolders(bench));
            profiler.KillAlone();
            await profiler.WaitForEndAsync(Workbench.Stop);
            (profiler, url) = await bench.StartProfilerAsync();
        }
        Assert.Single(WorkerFolders(bench));
        using GrpcChannel channel = GrpcChannel.ForAddress(url);
        await new ProfilerService.ProfilerServiceClient(channel).GetDeviceAsync(new(), cancellationToken: Workbench.Stop);
    }

    [Fact]
    public async Task A_full_folder_for_temporary_files_is_told_as_such_and_measuring_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs the right to mount one.");
        await using var bench = new Workbench();
        string small = Directory.CreateDirectory(bench["small"]).FullName,
            filler = Path.Combine(small, "filler");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small), "A small disk needs the right to mount one.");
        try
        {
            bench.Environment["TMPDIR"] = small;
            (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
            using GrpcChannel channel = GrpcChannel.ForAddress(url);
            var client = new ProfilerService.ProfilerServiceClient(channel);
            Fill(filler);
            // Its worker is ended, too: a new one has no folder.
            ChildProcesses.Kill(profiler.Id);
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => MeasureAsync(client));
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
            Assert.StartsWith($"The folder for temporary files {small}", refused.Status.Detail, StringComparison.Ordinal);

            // Who starts there is told the same.
            var (code, _, error) = await bench.ProfilerEndAsync(
                "--listen",
                "127.0.0.1:0",
                "--store",
                bench["other"],
                "--locks",
                bench.Folder
            );
            Assert.True(code == 1 && error.StartsWith($"The folder for temporary files {small}", StringComparison.Ordinal), error);

            File.Delete(filler);
            while (true)
            {
                try
                {
                    await MeasureAsync(client);
                    return;
                }
                catch (RpcException still) when (still.StatusCode == StatusCode.Unavailable)
                {
                    await Task.Delay(100, Workbench.Stop);
                }
            }
        }
        finally
        {
            Run("umount", "-l", small);
        }
    }

    private static async Task MeasureAsync(ProfilerService.ProfilerServiceClient client)
    {
        using var call = client.MeasureOperators(new() { Keys = { "conv h8 w8 c8-8 s1" } }, cancellationToken: Workbench.Stop);
        await foreach (MeasureOperatorsResponse answer in call.ResponseStream.ReadAllAsync(Workbench.Stop))
            Assert.Equal("", answer.Failure);
    }

    private static Task<(int Code, string Output, string Error)> CompactAsync(Workbench bench) =>
        bench.ProfilerEndAsync("compact", "--store", bench["store"]);

    private static string[] WorkerFolders(Workbench bench) => Directory.GetDirectories(bench.Folder, "fasterseg-*worker-*");

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using FileStream file = File.Create(path);
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
