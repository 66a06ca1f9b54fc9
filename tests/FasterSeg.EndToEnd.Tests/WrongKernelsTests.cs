using System.Globalization;
using System.Text.Json;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A machine on which libtorch's own kernels compute wrongly: a check that finds them so stands for it.</summary>
public class WrongKernelsTests
{
    private static readonly string Cases = Path.Combine(RepositoryRoot.Path, "tests", "FasterSeg.EndToEnd.Tests", "Cases");

    [Fact]
    public async Task A_training_takes_the_next_lower_kernels_says_so_once_and_gives_their_figures()
    {
        await using var bench = new Workbench();
        bench.Environment["XDG_CACHE_HOME"] = bench["cache"];
        await RunAsync(
            bench,
            "search",
            "--config",
            Path.Combine(Cases, "tiny.json"),
            "--lut",
            Path.Combine(Cases, "tiny.lut.json"),
            "--out",
            bench["run"]
        );

        bench.Environment["FASTERSEG_TORCH_FAULT"] = "full";
        string note = await TrainAsync(bench, "teacher");
        Assert.Single(note.Trim().Split('\n'));
        Assert.Matches(
            @"^note: libtorch's own kernels compute wrongly on this processor \(convolution 3x3 .*\)\. It uses AVX2 in oneDNN instead, "
                + @"which are right; a convolution takes (no longer|[0-9.]+ times as long)\.",
            note
        );
        using (
            JsonDocument kept = JsonDocument.Parse(
                await File.ReadAllBytesAsync(Path.Combine(bench["run"], "teacher-config.json"), Workbench.Stop)
            )
        )
            Assert.StartsWith(
                "AVX2 in oneDNN (avx2), checked:",
                kept.RootElement.GetProperty("machine").GetProperty("torch").GetString(),
                StringComparison.Ordinal
            );
        double[] lower = Losses(bench);

        bench.Environment["FASTERSEG_TORCH_FAULT"] = "";
        bench.Environment["FASTERSEG_TORCH_KERNELS"] = "avx2";
        Assert.Contains("unchecked, as FASTERSEG_TORCH_KERNELS says", await TrainAsync(bench, "teacher"), StringComparison.Ordinal);
        Assert.Equal(Losses(bench), lower);

        bench.Environment["FASTERSEG_TORCH_KERNELS"] = "auto";
        Assert.DoesNotContain("NNPACK", await TrainAsync(bench, "teacher"), StringComparison.Ordinal);
        double[] own = Losses(bench);
        Assert.Equal(own[0], lower[0], 1e-3 * own[0]);
        Assert.All(own.Zip(lower), pair => Assert.Equal(pair.First, pair.Second, 0.1 * pair.First));
    }

    /// <summary>
    /// Kernels round differently, and batch norms of a few pixels multiply that from step to step: only the first agrees closely.
    /// </summary>
    private static async Task<string> TrainAsync(Workbench bench, string role)
    {
        File.Delete(Path.Combine(bench["run"], role + ".checkpoint"));
        return await RunAsync(
            bench,
            "train",
            "--run",
            bench["run"],
            "--role",
            role,
            "--set",
            "training:epochs=1",
            "--set",
            "training:stepsPerEpoch=3"
        );
    }

    private static async Task<string> RunAsync(Workbench bench, params string[] arguments)
    {
        var (code, output, error) = await bench.RunClientAsync([
            .. arguments,
            "--data",
            "folder:" + Path.Combine(Cases, "base"),
            "--set",
            "threads=1",
        ]);
        Assert.True(code == 0, error + output);
        return error;
    }

    private static double[] Losses(Workbench bench) =>
        [
            .. File.ReadLines(Path.Combine(bench["run"], "scalars.csv"))
                .Select(line => line.Split(','))
                .Where(cells => cells[0] == "train_teacher" && cells[3] == "loss")
                .Select(cells => double.Parse(cells[4], CultureInfo.InvariantCulture)),
        ];
}
