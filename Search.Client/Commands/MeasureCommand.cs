using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Export;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg measure</c>: the latency of a whole ONNX network.</summary>
public static class MeasureCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var onnx = new Option<string>("--onnx")
        {
            HelpName = "FILE",
            Required = true,
            Description = "The network, an ONNX file with its weights inside.",
        };
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<string[]> shape = ShapeOption.Create();
        var threads = new Option<int>("--threads")
        {
            HelpName = "N",
            Description = "CPU threads; 0 is the profiler's default.",
            DefaultValueFactory = _ => 1,
        };
        var seconds = new Option<double>("--seconds")
        {
            HelpName = "S",
            Description = "Time cap of the sampling, up to 600; 0 is the profiler's default (5). Six runs are always taken.",
        };
        var provider = new Option<string>("--provider")
        {
            Description = "Execution provider.",
            DefaultValueFactory = _ => ExecutionProviders.Cpu,
        };
        provider.AcceptOnlyFromAmong([.. ExecutionProviders.All]);
        var command = new Command("measure", "Measures the latency of a whole ONNX network.")
        {
            onnx,
            shape,
            profiler,
            threads,
            seconds,
            provider,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new MeasureArguments(
                        parsed.GetRequiredValue(onnx),
                        parsed.GetValue(profiler),
                        new MeasuringOptions
                        {
                            Provider = parsed.GetRequiredValue(provider),
                            Threads = parsed.GetValue(threads),
                            // The network's own.
                            BatchSize = 0,
                            MaximumSeconds = parsed.GetValue(seconds),
                        },
                        ShapeOption.Parse(parsed.GetValue(shape) ?? [])
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Uploads the network and prints its statistics.</summary>
    public static async Task<int> RunAsync(MeasureArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        byte[] model = UserFile.Read(options.Onnx, CallLimits.MostUploadMiB << 20);
        if (model.Length == 0)
            throw new UserErrorException($"{options.Onnx} is empty: name an ONNX network.");
        FileKind.RequireOnnx(model, options.Onnx);
        if (options.Shapes.Count > 0)
            OpenSides.Require(model, options.Onnx, options.Shapes.Select(shape => (shape.Name, shape.Sides)));
        await using ProfilerConnection profiler = await Profilers.OpenAsync(options.Profiler, cancellationToken, say: console.WriteLine);
        ModelMeasurement measured = await MeasureAsync(profiler, model, options, cancellationToken);

        CultureInfo culture = CultureInfo.InvariantCulture;
        string frames = measured.FramesPerSecond.ToString(measured.FramesPerSecond < 1 ? "G2" : "0.0", culture);
        FactList.Write(
            console,
            ("network", string.Create(culture, $"{options.Onnx} ({model.Length / 1e6:0.0} MB)")),
            ("device", measured.Identity.DeviceName),
            ("threads", measured.Identity.Threads.ToString(culture)),
            (
                "latency",
                string.Create(
                    culture,
                    $"{measured.MedianMs:0.000} ms (median), {frames} "
                        + $"frames/s{(measured.Identity.BatchSize > 1 ? $" (batch of {measured.Identity.BatchSize})" : "")}"
                )
            ),
            (
                "95 % confidence",
                string.Create(culture, $"{measured.Spread.ConfidenceLowMs:0.000} to {measured.Spread.ConfidenceHighMs:0.000} ms")
            ),
            ("5 to 95 % of runs", string.Create(culture, $"{measured.Spread.P05Ms:0.000} to {measured.Spread.P95Ms:0.000} ms")),
            ("samples", measured.Spread.Samples.ToString(culture)),
            ("noisy", measured.Noisy ? "yes: the time cap came before the confidence interval was narrow enough" : "no"),
            ("nodes ran on", measured.Placement.ToString()),
            ("session built in", string.Create(culture, $"{measured.BuildMs:0} ms"))
        );
        return ExitCodes.Done;
    }

    private static async Task<ModelMeasurement> MeasureAsync(
        ProfilerConnection profiler,
        byte[] model,
        MeasureArguments options,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await profiler.MeasureModelAsync(
                model,
                Path.GetFileName(options.Onnx),
                options.Measuring,
                options.Shapes,
                cancellationToken
            );
        }
        // The profiler knows bytes, the user a file.
        catch (UserErrorException refusal) when (refusal is not UsageException and not ProfilerUnreachableException)
        {
            throw new UserErrorException($"{options.Onnx}: {refusal.Message}", refusal);
        }
    }
}
