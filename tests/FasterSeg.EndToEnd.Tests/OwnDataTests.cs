using System.Text.Json;
using System.Text.RegularExpressions;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Somebody's own images, of several sizes and none of them the deployed one, in a folder whose name has a space.</summary>
public class OwnDataTests
{
    private const int Height = 64,
        Width = 96,
        Classes = 4;

    // Rows and columns; the last one validates.
    private static readonly (int Height, int Width)[] Sizes = [(50, 70), (120, 90), (75, 200), (96, 96)];

    [Fact]
    public async Task The_lines_in_the_readme_go_from_images_to_a_prediction()
    {
        await using var bench = new Workbench();
        WriteData(bench);
        WriteConfiguration(bench);
        ImageFile.Write(bench["my photo.jpg"], Draw(251, 333).Image);

        string[] lines = LinesOfTheReadme();
        Assert.InRange(lines.Length, 6, 9);
        var outputs = new Dictionary<string, string>();
        foreach (string[] words in lines.Select(Words))
        {
            Assert.Equal("fasterseg", words[0]);
            outputs[words[1]] = await bench.OkAsync(words[1..]);
        }

        Assert.Contains("1 of 50x70", outputs["data"], StringComparison.Ordinal);
        Assert.Contains("at 64x96 (fit: resize), counted at the labels'", outputs["eval"], StringComparison.Ordinal);
        Assert.Contains(
            "float32 [1, 3, 64, 96]",
            string.Join(' ', outputs["export"].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
        JsonElement evaluation = Evaluation(bench, "");
        Assert.Equal("64x96", evaluation.GetProperty("size").GetString());
        // Each pixel of each mask counts once, whatever the network saw.
        Assert.Equal(Sizes[^1].Height * Sizes[^1].Width, Pixels(evaluation));
        RgbImage overlay = ImageFile.Read(bench["seen.png"]);
        Assert.Equal(333, overlay.Width);
        Assert.InRange(overlay.Height, 252, 400);

        await bench.OkAsync([
            "predict",
            "--onnx",
            bench["my.onnx"],
            "--image",
            bench["my photo.jpg"],
            "--out",
            bench["c.bmp"],
            "--colours",
        ]);
        RgbImage colours = ImageFile.Read(bench["c.bmp"]);
        Assert.Equal((251, 333), (colours.Height, colours.Width));

        // Other sizes only where they are asked for, and in files of their own.
        byte[] before = File.ReadAllBytes(bench["my-run/eval-student-val.json"]);
        foreach (string size in new[] { "own", "96x128" })
        {
            await bench.OkAsync(["eval", "--run", bench["my-run"], "--role", "student", "--data", "folder:my data", "--size", size]);
            Assert.Equal(size, Evaluation(bench, "-" + size).GetProperty("size").GetString());
            Assert.Equal(Sizes[^1].Height * Sizes[^1].Width, Pixels(Evaluation(bench, "-" + size)));
        }
        Assert.Equal(before, File.ReadAllBytes(bench["my-run/eval-student-val.json"]));
        Assert.Contains(
            "a latency is of one size",
            await bench.FailAsync(
                2,
                ["eval", "--run", bench["my-run"], "--role", "student", "--data", "folder:my data", "--size", "own", "--measure"]
            ),
            StringComparison.Ordinal
        );
    }

    private static JsonElement Evaluation(Workbench bench, string size)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(bench[$"my-run/eval-student-val{size}.json"]));
        return document.RootElement.Clone();
    }

    private static long Pixels(JsonElement evaluation) =>
        evaluation.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetInt64()));

    private static string[] LinesOfTheReadme()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n");
        return Regex.Match(readme, "## Your own data.*?\n```\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value.Split('\n');
    }

    /// <summary>As a shell takes them.</summary>
    private static string[] Words(string line) =>
        [.. Regex.Matches(line, "\"([^\"]*)\"|\\S+").Select(word => word.Groups[1].Success ? word.Groups[1].Value : word.Value)];

    private static void WriteConfiguration(Workbench bench)
    {
        const string Phase = """ "stepsPerEpoch": 3, "batch": 2, "cropHeight": 32, "cropWidth": 64, "downSampling": 1 """;
        File.WriteAllText(
            bench["my.json"],
            $$"""
            {
              "threads": 1,
              "space": { "height": {{Height}}, "width": {{Width}}, "fch": 2, "layers": 4, "classes": {{Classes}},
                "widths": "6/12, 12/12", "studentStem": "6/12", "studentHead": "6/12" },
              "measuring": { "relativeHalfWidth": 0.5, "minimumSamples": 6, "maximumSeconds": 0.01, "sessions": 1 },
              "pretrain": { "epochs": 1, {{Phase}} },
              "searching": { "epochs": 1, "architectureLearningRate": 0.05, {{Phase}} },
              "training": { "epochs": 1, {{Phase}} }
            }
            """
        );
    }

    private static void WriteData(Workbench bench)
    {
        for (int i = 0; i < Sizes.Length; i++)
        {
            string split = i == Sizes.Length - 1 ? "val" : "train";
            (RgbImage image, byte[] mask) = Draw(Sizes[i].Height, Sizes[i].Width);
            foreach (string kind in new[] { "images", "masks" })
                Directory.CreateDirectory(bench[$"my data/{kind}/{split}"]);
            ImageFile.Write(bench[$"my data/images/{split}/street {i}.{new[] { "png", "jpg", "webp", "bmp" }[i]}"], image);
            ImageFile.WriteGreyPng(bench[$"my data/masks/{split}/street {i}.png"], image.Height, image.Width, mask);
        }
        string classes = string.Join(
            ", ",
            Enumerable.Range(0, Classes).Select(c => $$"""{ "name": "c{{c}}", "color": [{{60 * c}}, 80, 0] }""")
        );
        File.WriteAllText(bench["my data/classes.json"], $$"""{ "classes": [{{classes}}] }""");
    }

    /// <summary>A band of each class, whose grey tells it.</summary>
    private static (RgbImage Image, byte[] Mask) Draw(int height, int width)
    {
        var image = new RgbImage(height, width);
        byte[] mask = new byte[height * width];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(i / width * Classes / height);
            image.Pixels.AsSpan(i * 3, 3).Fill((byte)(30 + mask[i] * 60 + i % 7));
        }
        return (image, mask);
    }
}
