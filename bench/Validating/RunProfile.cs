using System.Text.Json;
using FasterSeg.Profiler.Service.Engines;
using MathNet.Numerics.Statistics;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Bench.Validating;

/// <summary>Where the time of one run goes, by ONNX Runtime's own profiler, ms: quick ones of the runs of one session.</summary>
/// <param name="Start">The run without its nodes: its start and end, and the steps between them.</param>
/// <param name="Layouts">Changes of layout.</param>
/// <param name="Convolutions">Convolutions, with what is fused into them.</param>
/// <param name="Others">All other nodes.</param>
/// <param name="Nodes">How many nodes ran.</param>
internal sealed record RunProfile(double Start, double Layouts, double Convolutions, double Others, double Nodes)
{
    // The first runs find nothing warm.
    private const int Skipped = 10;

    public static RunProfile Zero { get; } = new(0, 0, 0, 0, 0);

    public static RunProfile operator +(RunProfile one, RunProfile other) =>
        new(
            one.Start + other.Start,
            one.Layouts + other.Layouts,
            one.Convolutions + other.Convolutions,
            one.Others + other.Others,
            one.Nodes + other.Nodes
        );

    /// <summary>Runs a model with the profiler on.</summary>
    public static RunProfile Of(byte[] onnx, int runs)
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-shares-").FullName;
        try
        {
            using SessionOptions options = Shares.Options();
            options.ProfileOutputPathPrefix = Path.Combine(folder, "run");
            options.EnableProfiling = true;
            using var session = new OnnxSession(onnx, options, seed: 1);
            for (int i = 0; i < Skipped + runs; i++)
                session.Run();
            return Read(File.ReadAllBytes(session.EndProfiling()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RunProfile Read(byte[] profile)
    {
        using var events = JsonDocument.Parse(profile, new JsonDocumentOptions { AllowTrailingCommas = true });
        var done = new List<RunProfile>();
        RunProfile now = Zero;
        foreach (JsonElement each in events.RootElement.EnumerateArray())
        {
            double ms = each.TryGetProperty("dur", out JsonElement microseconds) ? microseconds.GetDouble() / 1000 : 0;
            string name = each.GetProperty("name").GetString()!;
            if (name == "model_run")
            {
                done.Add(now with { Start = ms - now.Layouts - now.Convolutions - now.Others });
                now = Zero;
            }
            else if (name.EndsWith("_kernel_time", StringComparison.Ordinal))
            {
                string op = each.GetProperty("args").GetProperty("op_name").GetString()!;
                now = op switch
                {
                    "ReorderInput" or "ReorderOutput" => now with { Layouts = now.Layouts + ms },
                    "Conv" or "FusedConv" => now with { Convolutions = now.Convolutions + ms },
                    _ => now with { Others = now.Others + ms },
                };
                now = now with { Nodes = now.Nodes + 1 };
            }
        }
        RunProfile[] counted = [.. done.Skip(Skipped)];
        double Quick(Func<RunProfile, double> figure) => counted.Select(figure).Quantile(Shares.Quick);
        return new(
            Quick(run => run.Start),
            Quick(run => run.Layouts),
            Quick(run => run.Convolutions),
            Quick(run => run.Others),
            Quick(run => run.Nodes)
        );
    }
}
