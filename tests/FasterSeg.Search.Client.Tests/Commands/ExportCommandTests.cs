using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Client.Tests.Deploying;
using FasterSeg.Search.Export;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg export</c> on a run made by hand.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly ExportedRun bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task The_file_names_classes_table_estimate_and_measurement_of_its_run()
    {
        NetworkPlan plan = NetworkPlan.Of(MadeRuns.Network(4), 64, 64);
        LatencyTable table = LatencyTableJson.Load(bench.Run.Table);
        new MeasuredNetwork(
            Role.Student,
            MeasuredNetwork.NameOf(plan),
            1,
            7.5,
            7,
            8,
            false,
            DateTimeOffset.UnixEpoch,
            table.Identity,
            null
        ).Save(bench.Run);
        string output = await bench.ExportAsync("--onnx", bench["n.onnx"]);
        Assert.Contains("2 epochs of training", output, StringComparison.Ordinal);
        Assert.DoesNotContain("is compared with", output, StringComparison.Ordinal);
        Assert.EndsWith(
            $"\n  fasterseg predict --onnx {bench["n.onnx"]} --image PICTURE --out overlay.png\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("G multiply-adds", output, StringComparison.Ordinal);
        var says = Says("n.onnx");
        Assert.Contains(
            "\"name\":\"" + TinySearch.Data(bench.Options).Classes[3].Name + "\"",
            says["fasterseg.classes"],
            StringComparison.Ordinal
        );
        Assert.Equal(LatencyTableJson.HashOf(table), says["fasterseg.table"]);
        Assert.Equal(
            MadeRuns.EstimateMs(4),
            double.Parse(says["fasterseg.latency.estimate_ms"], System.Globalization.CultureInfo.InvariantCulture),
            9
        );
        Assert.Equal("7.5", says["fasterseg.latency.measured_ms"]);
        Assert.Equal("made up, cpu", says["fasterseg.latency.measured_on"]);
        Assert.Equal("2", says["fasterseg.epochs"]);
    }

    /// <summary>Figures of one size and form must not stand in a file of another.</summary>
    [Theory]
    [InlineData("--shape", "96x128")]
    [InlineData("--batch", "2")]
    [InlineData("--preprocess", "nchw")]
    [InlineData("--dynamic", "batch")]
    [InlineData("--argmax", null)]
    public async Task A_file_of_another_form_has_no_latency_of_the_plain_one(string option, string? value)
    {
        await bench.ExportAsync(["--onnx", bench["n.onnx"], option, .. value is null ? Array.Empty<string>() : [value]]);
        var says = Says("n.onnx");
        Assert.DoesNotContain("fasterseg.latency.estimate_ms", says.Keys);
        Assert.DoesNotContain("fasterseg.latency.measured_ms", says.Keys);
        Assert.Contains("fasterseg.table", says.Keys);
    }

    [Fact]
    public async Task Sides_are_those_that_were_asked_for()
    {
        await bench.ExportAsync("--onnx", bench["a.onnx"], "--shape", "96x128", "--batch", "2", "--preprocess", "nhwc");
        Assert.Equal(["2", "96", "128", "3"], Sides("a.onnx"));
        await bench.ExportAsync("--onnx", bench["b.onnx"], "--dynamic", "batch,size");
        Assert.Equal(["batch", "3", "height", "width"], Sides("b.onnx"));
        await bench.ExportAsync("--onnx", bench["c.onnx"], "--dynamic", "size");
        Assert.Equal(["1", "3", "height", "width"], Sides("c.onnx"));
    }

    [Theory]
    [InlineData(2, "Name what to write")]
    [InlineData(2, "rows x columns", "--onnx", "n.onnx", "--shape", "64")]
    [InlineData(2, "multiples of 32", "--onnx", "n.onnx", "--shape", "64x65")]
    [InlineData(2, "a batch has 1 to 1024 pictures", "--onnx", "n.onnx", "--batch", "0")]
    [InlineData(2, "a batch has 1 to 1024 pictures; --dynamic batch", "--onnx", "n.onnx", "--batch", "100000")]
    [InlineData(2, "multiples of 32 up to 16384", "--onnx", "n.onnx", "--shape", "64000x64000")]
    [InlineData(2, "takes sides from 64 on", "--onnx", "n.onnx", "--shape", "32x32", "--dynamic", "size")]
    [InlineData(2, "takes sides from 64 on", "--onnx", "n.onnx", "--shape", "32x96", "--dynamic", "batch,size")]
    [InlineData(2, "write batch, size or batch,size", "--onnx", "n.onnx", "--dynamic", "sides")]
    [InlineData(2, "--batch 4 fixes how many pictures", "--onnx", "n.onnx", "--dynamic", "batch", "--batch", "4")]
    [InlineData(2, "--argmax changes an ONNX file and no weights for PyTorch", "--safetensors", "n.onnx", "--argmax")]
    [InlineData(2, "--preprocess changes an ONNX file", "--safetensors", "n.onnx", "--preprocess", "nhwc")]
    [InlineData(2, "--batch changes an ONNX file", "--safetensors", "n.onnx", "--batch", "2")]
    [InlineData(2, "--dynamic changes an ONNX file", "--safetensors", "n.onnx", "--dynamic", "size")]
    [InlineData(2, "name the same file", "--onnx", "n.onnx", "--safetensors", "n.onnx", "--overwrite")]
    public async Task Bad_options_are_refused_with_a_sentence_and_nothing_is_written(int code, string sentence, params string[] options)
    {
        string[] there = [.. options.Select(option => option == "n.onnx" ? bench["n.onnx"] : option)];
        var (found, _, error) = await Shell.RunAsync(["export", "--run", bench.Run.Path, "--role", "student", .. there]);
        Assert.Equal(code, found);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.False(File.Exists(bench["n.onnx"]));
    }

    [Fact]
    public async Task A_run_that_keeps_no_classes_is_told_and_data_names_them()
    {
        File.Delete(bench.Run.Classes);
        Assert.Contains("name the data set with --data", await bench.ExportAsync("--onnx", bench["n.onnx"]), StringComparison.Ordinal);
        Assert.DoesNotContain("fasterseg.classes", Says("n.onnx").Keys);
        await bench.ExportAsync("--onnx", bench["m.onnx"], "--data", "synthetic");
        Assert.Contains("fasterseg.classes", Says("m.onnx").Keys);

        bench.Picture("street.png", 64, 64);
        var without = await Shell.RunAsync("predict", "--onnx", bench["n.onnx"], "--image", bench["street.png"], "--out", bench["n.png"]);
        Assert.Contains("does not name its classes, so colours are general ones", without.Output, StringComparison.Ordinal);
        var with = await Shell.RunAsync("predict", "--onnx", bench["m.onnx"], "--image", bench["street.png"], "--out", bench["m.png"]);
        Assert.DoesNotContain("does not name", with.Output, StringComparison.Ordinal);
        Assert.Contains(TinySearch.Data(bench.Options).Classes.Select(c => c.Name), name =>
            with.Output.Contains(name, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_command_says_what_the_file_really_takes_and_gives()
    {
        Assert.Contains(
            "It takes image, uint8 [2, 96, 128, 3] (RGB), and gives classes, int64 [2, 12, 16].",
            await bench.ExportAsync("--onnx", bench["a.onnx"], "--shape", "96x128", "--batch", "2", "--preprocess", "nhwc", "--argmax"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "It takes image, float32 [N, 3, H, W] (RGB, normalized), and gives logits, float32 [N, 10, H, W].",
            await bench.ExportAsync("--onnx", bench["b.onnx"], "--dynamic", "batch,size", "--full"),
            StringComparison.Ordinal
        );
        // The graph says the same.
        Assert.Equal(["2", "96", "128", "3"], Sides("a.onnx"));
    }

    [Fact]
    public void What_memory_cannot_hold_is_refused_before_it_is_tried()
    {
        NetworkPlan plan = NetworkPlan.Of(MadeRuns.Network(4), 512, 1024);
        ExportLimits.Require(plan, new ExportForm { Batch = 1 }, memory: 1L << 30);
        Assert.Contains(
            "--batch 64 at 512x1024 takes at least",
            Assert.Throws<UsageException>(() => ExportLimits.Require(plan, new ExportForm { Batch = 64 }, memory: 1L << 30)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "more values than one array holds",
            Assert
                .Throws<UsageException>(() =>
                    ExportLimits.Require(
                        NetworkPlan.Of(MadeRuns.Network(4), 16384, 16384),
                        new ExportForm { Batch = 8 },
                        memory: long.MaxValue
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    private Dictionary<string, string> Says(string name) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(bench[name])).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);

    private string[] Sides(string name) =>
        [
            .. ModelProto
                .Parser.ParseFrom(File.ReadAllBytes(bench[name]))
                .Graph.Input.Single()
                .Type.TensorType.Shape.Dim.Select(side =>
                    side.DimParam is { Length: > 0 } open ? open : side.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ),
        ];
}
