using System.Buffers.Binary;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A search and a training that are stopped at random moments of each phase, by Ctrl-C or by a power cut, and go on.</summary>
public sealed class RandomMomentsTests
{
    private static readonly string[] Settings =
    [
        "--set",
        "pretrain:epochs=5",
        "--set",
        "pretrain:checkpointSteps=4",
        "--set",
        "searching:epochs=4",
        "--set",
        "searching:checkpointSteps=5",
        "--set",
        "training:epochs=8",
    ];

    [Fact]
    public async Task Stopped_at_random_moments_of_pretraining_search_and_training_a_run_ends_with_the_same_figures()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        await using var bench = new Workbench();
        int seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        string whole = bench["whole"],
            halves = bench["halves"],
            table = bench.WriteTable(bench.WriteSearchConfiguration());
        string[] search = ["search", "--config", bench["search.json"], "--data", "synthetic", "--lut", table, .. Settings, "--out"];
        await bench.OkAsync([.. search, whole]);
        await bench.OkAsync(["train", "--run", whole, "--role", "teacher", "--data", "synthetic"]);
        await bench.OkAsync(["eval", "--run", whole, "--role", "teacher", "--data", "synthetic"]);

        await StopAsync(bench.StartClient([.. search, halves]), "pretrain");
        string[] resume = ["search", "--data", "synthetic", "--out", halves, "--resume"];
        await StopAsync(bench.StartClient(resume), "search");
        await bench.OkAsync(resume);
        string[] train = ["train", "--run", halves, "--role", "teacher", "--data", "synthetic"];
        await StopAsync(bench.StartClient(train), "train_teacher");
        await bench.OkAsync([.. train, "--resume"]);
        await bench.OkAsync(["eval", "--run", halves, "--role", "teacher", "--data", "synthetic"]);

        foreach (
            string file in new[]
            {
                "parameters.json",
                "search.json",
                "student.json",
                "teacher.json",
                "eval-teacher-val.json",
                "scalars.csv",
            }
        )
            Assert.Equal(File.ReadAllText(Path.Combine(whole, file)), File.ReadAllText(Path.Combine(halves, file)));

        // TensorBoard's events come step by step: how many there are tells how far a phase is.
        async Task StopAsync(RunningProgram program, string phase)
        {
            int moment = 1 + random.Next((int)(0.8 * Events(whole, phase)));
            bool powerCut = random.Next(2) == 0;
            while (Events(halves, phase) < moment)
            {
                Assert.False(program.HasEnded, $"The program ended before event {moment} of {phase}: {program.Output}{program.Error}");
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }
            if (powerCut)
                program.Kill();
            else
                program.Interrupt();
            var (code, output, error) = await program.WaitForEndAsync(Workbench.Stop);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{phase}: {(powerCut ? "power cut" : "Ctrl-C")} at event {moment} of {Events(whole, phase)}, exit code {code}"
            );
            Assert.True(powerCut || code == 130, $"{code}: {output}{error}");
        }
    }

    private static int Events(string run, string phase)
    {
        string folder = Path.Combine(run, "tensorboard", phase);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Sum(CountRecords) : 0;
    }

    /// <summary>Each record has its length (8 bytes) and that one's checksum (4) before it, and its own checksum (4) behind it.</summary>
    private static int CountRecords(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] length = new byte[8];
        int count = 0;
        while (file.Length - file.Position >= 16)
        {
            file.ReadExactly(length);
            long end = file.Position + 4 + BinaryPrimitives.ReadInt64LittleEndian(length) + 4;
            if (end > file.Length)
                break;
            file.Position = end;
            count++;
        }
        return count;
    }
}
