using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Run folders made by hand, with the files that the commands write and none of their work.</summary>
internal sealed class MadeRuns(TemporaryFolder folder)
{
    /// <summary>Writes a run.</summary>
    /// <param name="name">Its folder.</param>
    /// <param name="draw">Which random student, and teacher, it has.</param>
    /// <param name="seed">Of its configuration.</param>
    /// <param name="supernet">Supernet mIoU of the student's pair; null writes no search.</param>
    /// <param name="right">Pixels of 100 a class that its evaluation has right: a mIoU of right / (200 - right); null writes none.</param>
    /// <param name="change">Changes the configuration.</param>
    /// <param name="device">Changes the table's identity.</param>
    /// <param name="teacher">Whether there is a teacher too.</param>
    /// <param name="labels">Counted pixels of each class.</param>
    public string Write(
        string name,
        int draw = 1,
        int seed = 1,
        double? supernet = null,
        int? right = null,
        Action<FasterSegOptions>? change = null,
        Func<TableIdentity, TableIdentity>? device = null,
        bool teacher = false,
        int labels = 100
    )
    {
        FasterSegOptions options = TinySearch.Options();
        options.Seed = seed;
        change?.Invoke(options);
        var run = RunFolder.Create(folder[name]);
        LatencyTable made = TinySpace.Table(options.Space.ToSpace());
        LatencyTableJson.Save(
            device is null ? made : new LatencyTable(device(made.Identity), made.Space, made.Entries, made.Created),
            run.Table
        );
        ConfigurationLoader.Save(options, run.Configuration);
        foreach (Role role in teacher ? new[] { Role.Student, Role.Teacher } : [Role.Student])
            DerivedArchitectureJson.Save(Network(draw, role), run.Architecture(role));
        if (supernet is not null)
        {
            File.WriteAllText(
                run.SearchResult,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""[{"role":"student","branches":"32+{{Network(draw).Shallow.LastScale}}","""
                        + $$""" "supernetMeanIou":{{supernet}},"estimateMs":1,"chosen":true}]"""
                )
            );
        }
        if (right is not null)
            Evaluate(run, options, right.Value, labels);
        return folder[name];
    }

    /// <summary>A random network of the tiny space.</summary>
    public static DerivedArchitecture Network(int draw, Role role = Role.Student) =>
        RandomArchitectures.Draw(TinySearch.Options().Space.ToSpace(), role, draw);

    /// <summary>Its latency on the made-up table, ms.</summary>
    public static double EstimateMs(int draw) =>
        NetworkEstimate.Of(TinySpace.Table(TinySearch.Options().Space.ToSpace()), NetworkPlan.Of(Network(draw), 64, 64)).TotalMs;

    private static void Evaluate(RunFolder run, FasterSegOptions options, int right, int labels)
    {
        SegmentationDataset data = TinySearch.Data(options);
        var confusion = new ConfusionMatrix(options.Space.Classes);
        for (byte label = 0; label < options.Space.Classes; label++)
        {
            byte[] predicted =
            [
                .. Enumerable.Range(0, labels).Select(pixel => pixel < right ? label : (byte)((label + 1) % options.Space.Classes)),
            ];
            confusion.Add(predicted, [.. Enumerable.Repeat(label, labels)]);
        }
        EvaluationReport.Save(run.In("eval-student-val.json"), data, confusion, EvaluationMode.Deployed(options), latency: null);
    }
}
