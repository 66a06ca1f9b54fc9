using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>From a measured table to a measured network, in programs of their own; and what goes wrong on the way.</summary>
public class SearchingTests
{
    private static readonly string[] Tiny = ["--data", "synthetic"];

    [Fact]
    public async Task A_profiler_and_a_client_go_from_an_empty_folder_to_a_measured_trained_network()
    {
        await using var bench = new Workbench();
        var (_, url) = await bench.StartProfilerAsync();
        string run = bench["run"],
            random = bench["random"],
            onnx = bench["student.onnx"];

        string search = await bench.OkAsync([
            "search",
            "--config",
            bench.WriteSearchConfiguration(),
            .. Tiny,
            "--profiler",
            url,
            "--out",
            run,
        ]);
        Assert.Matches(@"epoch 2: derived student .* entropy alpha", search);
        // Teacher and student, layer by layer, with estimate, measurement and error. What rounds to nothing has no sign.
        Assert.Equal(2, new Regex(@"measured.*((\+|-)[0-9.]+|\b0\.0) %").Count(search));

        string early = await bench.FailAsync(1, ["train", "--run", run, "--role", "student", .. Tiny]);
        Assert.Contains("train the teacher first", early, StringComparison.Ordinal);
        await bench.OkAsync(["train", "--run", run, "--role", "teacher", .. Tiny]);
        await bench.OkAsync(["train", "--run", run, "--role", "student", .. Tiny]);
        string eval = await bench.OkAsync(["eval", "--run", run, "--role", "student", .. Tiny]);
        Assert.Contains("majority map", eval, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "eval-student-val.json")));

        await bench.OkAsync(["export", "--run", run, "--role", "student", "--onnx", onnx]);
        Assert.Matches(
            @"latency +[0-9.]+ ms \(median\)",
            await bench.OkAsync(["measure", "--onnx", onnx, "--profiler", url, "--seconds", "0.2"])
        );
        GreyPng.Write(bench["street.png"], 64, 64, _ => 100);
        await bench.OkAsync(["predict", "--onnx", onnx, "--image", bench["street.png"], "--out", bench["overlay.png"]]);
        Assert.True(new FileInfo(bench["overlay.png"]).Length > 100);

        Assert.Contains(
            "Random student of seed",
            await bench.OkAsync(["random", "--like", run, "--out", random, "--tolerance", "0.5"]),
            StringComparison.Ordinal
        );
        await bench.OkAsync(["train", "--run", random, "--role", "student", .. Tiny]);
        Assert.Contains(
            "Keep run: it is the only student here with a trained mIoU (",
            await bench.OkAsync(["compare", run, random]),
            StringComparison.Ordinal
        );
        await bench.OkAsync(["eval", "--run", random, "--role", "student", .. Tiny]);
        Assert.Matches(
            @"Pareto front of (estimated|measured) latency and trained mIoU[\s\S]*Keep (run|random): ",
            await bench.OkAsync(["compare", run, random])
        );
        // What the search wrote as data makes the same network again.
        await bench.OkAsync([
            "derive",
            "--parameters",
            Path.Combine(run, "parameters.json"),
            "--config",
            Path.Combine(run, "config.json"),
            "--lut",
            Path.Combine(run, "table.json"),
            "--out",
            bench["derived"],
        ]);
        Assert.Equal(File.ReadAllText(Path.Combine(run, "student.json")), File.ReadAllText(Path.Combine(bench["derived"], "student.json")));
        // Alone they tell no mIoU, and the page does without one.
        File.Copy(Path.Combine(run, "parameters.json"), bench["alone.json"]);
        await bench.OkAsync([
            "derive",
            "--parameters",
            bench["alone.json"],
            "--config",
            Path.Combine(run, "config.json"),
            "--lut",
            Path.Combine(run, "table.json"),
            "--out",
            bench["alone"],
        ]);
        await bench.OkAsync(["report", "--run", bench["alone"], "--out", bench["alone.html"]]);
        Assert.Contains("32+16", File.ReadAllText(bench["alone.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_another_space_ends_with_2_and_both_spaces_are_named()
    {
        await using var bench = new Workbench();
        bench.WriteTable(bench.WriteConfiguration());
        string error = await bench.FailAsync(
            2,
            ["search", "--config", bench.WriteSearchConfiguration(), .. Tiny, "--lut", bench["t.json"], "--out", bench["run"]]
        );
        Assert.Matches(@"t\.json lacks [0-9]+ of the [0-9]+ operators of the space 64x64, Fch 2.*It was made for 64x64, Fch 4", error);
        Assert.False(Directory.Exists(bench["run"]));
    }

    [Fact]
    public async Task An_unreadable_image_ends_with_1_and_its_name()
    {
        await using var bench = new Workbench();
        File.WriteAllText(bench["street.png"], "no picture");
        string error = await bench.FailAsync(
            1,
            ["predict", "--onnx", bench.WriteOnnx(), "--image", bench["street.png"], "--out", bench["o.png"]]
        );
        Assert.Contains(bench["street.png"], error, StringComparison.Ordinal);
        Assert.False(File.Exists(bench["o.png"]));
    }

    [Fact]
    public async Task A_mask_with_a_class_out_of_range_ends_with_1_and_says_where()
    {
        await using var bench = new Workbench();
        Directory.CreateDirectory(bench["data"]);
        string names = string.Join(", ", Enumerable.Range(0, 10).Select(i => $$"""{ "name": "c{{i}}", "color": [{{i}}, 0, 0] }"""));
        File.WriteAllText(bench["data/classes.json"], $$"""{ "classes": [ {{names}} ] }""");
        foreach (string split in new[] { "train", "val" })
        {
            foreach (string name in new[] { "a", "b" })
            {
                GreyPng.Write(bench[$"data/images/{split}/{name}.png"], 64, 64, i => (byte)i);
                GreyPng.Write(bench[$"data/masks/{split}/{name}.png"], 64, 64, i =>
                    (byte)(split == "train" && name == "a" && i == 64 + 5 ? 12 : i % 2)
                );
            }
        }
        string error = await bench.FailAsync(
            1,
            [
                "search",
                "--config",
                bench["search.json"],
                "--data",
                "folder:" + bench["data"],
                "--lut",
                bench.WriteTable(bench.WriteSearchConfiguration()),
                "--out",
                bench["run"],
            ]
        );
        Assert.Matches(@"masks/train/a\.png' has class 12 at row 1, column 5", error);
    }

    [Fact]
    public async Task A_truncated_network_to_predict_with_ends_with_1()
    {
        await using var bench = new Workbench();
        byte[] whole = File.ReadAllBytes(bench.WriteOnnx());
        File.WriteAllBytes(bench["net.onnx"], whole[..(whole.Length / 2)]);
        GreyPng.Write(bench["street.png"], 64, 64, _ => 100);
        string error = await bench.FailAsync(
            1,
            ["predict", "--onnx", bench["net.onnx"], "--image", bench["street.png"], "--out", bench["o.png"]]
        );
        Assert.Contains("net.onnx cannot be read as an ONNX network", error, StringComparison.Ordinal);
    }
}
