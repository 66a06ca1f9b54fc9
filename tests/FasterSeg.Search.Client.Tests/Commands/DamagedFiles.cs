using System.Text.Json;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Files of a run that are JSON of the right names, with what cannot be.</summary>
public static class DamagedFiles
{
    /// <summary>A file's name, its content, and a part of the sentence that it is answered with.</summary>
    public static TheoryData<string, string, string> Each =>
        new()
        {
            { "measured.json", "[null]", "entry 1 of it is null" },
            { "measured.json", "null", "it is null" },
            { "measured.json", Measured("1e999"), "'medianMs' is" },
            { "measured.json", Measured("0"), "'medianMs' is 0" },
            { "measured.json", Measured("-1.5"), "'medianMs' is -1.5" },
            { "search.json", "[null]", "entry 1 of it is null" },
            { "search.json", Pair("32+99999999999", "0.5", "1"), "'32+99999999999' are no branches" },
            { "search.json", Pair("", "0.5", "1"), "'' are no branches" },
            { "search.json", Pair("32+8", "7", "1"), "'supernetMeanIou' is 7" },
            { "search.json", Pair("32+8", "0.5", "1e400"), "'estimateMs' is" },
            { "eval-student-val.json", Evaluation(2, "9000000000000000000"), "counts pixels that cannot be" },
            { "eval-student-val.json", Evaluation(2, "99999999999999999999"), "make it again with 'fasterseg eval'" },
            { "eval-student-val.json", Evaluation(2, "-1"), "counts pixels that cannot be" },
            { "eval-student-val.json", Evaluation(3, "1", rows: 2), "is not of its 3 classes" },
            { "eval-student-val.json", Evaluation(1500, "1"), "it has 1500 classes" },
            { "eval-student-val.json", Evaluation(2, "1", share: "1.5"), "'iou' is 1.5" },
            { "random.json", """{"seed":99999999999}""", "make the run again" },
            { "random.json", "[]", "make the run again" },
        };

    private static string Measured(string milliseconds) =>
        $$"""
            [{"role":"student","network":"n","estimateMs":1,"medianMs":{{milliseconds}},"confidenceLowMs":1,"confidenceHighMs":1,
            "noisy":false,"measured":"2026-01-01T00:00:00Z",
            "difference":null,"identity":{"deviceName":"d","deviceUuid":"u",
            "computeCapability":null,"driver":null,"provider":"cpu","onnxRuntime":null,"tensorRt":null,"cudnn":null,
            "precision":"fp32","threads":1,"batchSize":1,
            "protocol":"p"} }]
            """;

    private static string Pair(string branches, string share, string milliseconds) =>
        $$"""[{"role":"student","branches":"{{branches}}","supernetMeanIou":{{share}},"estimateMs":{{milliseconds}},"chosen":true}]""";

    private static string Evaluation(int classes, string cell, int? rows = null, string share = "0.5") =>
        JsonSerializer.Serialize(
            new
            {
                data = "d",
                mode = "m",
                size = "64x64",
                meanIou = 0.5,
                pixelAccuracy = 0.5,
                iou = Enumerable.Range(0, classes).Select(c => new { name = $"c{c}", iou = JsonDocument.Parse(share).RootElement }),
                confusion = Enumerable
                    .Range(0, rows ?? classes)
                    .Select(_ => Enumerable.Repeat(JsonDocument.Parse(cell).RootElement, rows ?? classes)),
                latency = (object?)null,
            }
        );
}
