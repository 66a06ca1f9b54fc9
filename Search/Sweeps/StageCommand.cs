using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>The command of a stage: the one that a user would give by hand.</summary>
public static class StageCommand
{
    private const string Cpu = "cpu";

    /// <summary>The words behind the program's name.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="stage">Its stage.</param>
    /// <param name="device">Name of torch's device.</param>
    public static IReadOnlyList<string> Of(SweepFolder folder, SweepChain chain, SweepStage stage, string device)
    {
        string run = folder.RunOf(chain);
        string[] data = ["--data", folder.Sweep.Data],
            on = device == Cpu ? [] : ["--device", device];
        return stage switch
        {
            SweepStage.Search when RunFolder.Exists(run) => ["search", "--resume", .. data, "--out", run, .. on],
            SweepStage.Search =>
            [
                "search",
                "--config",
                folder.ConfigurationOf(chain),
                .. chain.Sets.SelectMany(set => new[] { "--set", set }),
                "--lut",
                folder.TableOf(chain),
                .. data,
                "--out",
                run,
                .. on,
            ],
            SweepStage.Teacher => [.. Train(run, "teacher"), .. data, .. on],
            SweepStage.Student => [.. Train(run, "student"), .. data, .. on],
            SweepStage.Eval => ["eval", "--run", run, "--role", "student", .. data, .. on],
            // One that was ended before its end was noted has written the file already.
            SweepStage.Export => ["export", "--run", run, "--role", "student", "--onnx", Path.Combine(run, "student.onnx"), "--overwrite"],
            SweepStage.Measure =>
            [
                "report",
                "--run",
                run,
                "--out",
                Path.Combine(run, "report.html"),
                "--overwrite",
                .. data,
                .. on,
                .. Measurer(folder.Sweep),
            ],
            _ => throw new InvalidOperationException($"There is no command of {stage}."),
        };
    }

    private static string[] Train(string run, string role) =>
        [
            "train",
            "--run",
            run,
            "--role",
            role,
            // Without a checkpoint there is nothing to go on from, and the images are looked at first.
            .. File.Exists(Path.Combine(run, role + ".checkpoint")) ? ["--resume"] : Array.Empty<string>(),
        ];

    private static string[] Measurer(Sweep sweep) =>
        sweep.Profiler is null or SweepOptions.Local
            ? ["--measure"]
            : ["--profiler", sweep.Profiler, .. sweep.Pool is { } pool ? ["--pool", pool] : Array.Empty<string>()];
}
