using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Export;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg export</c>: a trained network as ONNX.</summary>
public static class ExportCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(),
            role = RunOptions.Role();
        var onnx = new Option<string>("--onnx")
        {
            HelpName = "FILE",
            Required = true,
            Description = "The ONNX file.",
        };
        var full = new Option<bool>("--full") { Description = "End at the image's size instead of 1/8 of it." };
        var argmax = new Option<bool>("--argmax") { Description = "End in each pixel's class, [N, H, W] of int64, instead of logits." };
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command(
            "export",
            "Writes a trained network with its weights as ONNX (opset 17), at the size of its search space."
        )
        {
            run,
            role,
            onnx,
            full,
            argmax,
            overwrite,
        };
        command.SetAction(
            (parsed, token) =>
                Task.FromResult(
                    Run(
                        new ExportArguments(
                            parsed.GetRequiredValue(run),
                            RunOptions.Parse(parsed.GetRequiredValue(role)),
                            parsed.GetRequiredValue(onnx),
                            parsed.GetValue(full),
                            parsed.GetValue(argmax),
                            parsed.GetValue(overwrite)
                        ),
                        console,
                        token
                    )
                )
        );
        return command;
    }

    /// <summary>Writes the file.</summary>
    public static int Run(ExportArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        RunFolder run = RunFolder.Open(options.Run);
        FasterSegOptions configuration = ConfigurationLoader.Load(run.ConfigurationOf(options.Role));
        OutputFile.Require(options.Onnx, "--onnx", options.Overwrite, run.Files);
        var cpu = TorchDevice.Open("cpu", configuration.Threads, configuration.Kernels);
        using DerivedNetwork network = new TrainingCheckpoint(run.TrainingCheckpoint(options.Role)).LoadNetwork(cpu, out int epochs);
        NetworkPlan plan = NetworkPlan.Of(network.Architecture, configuration.Space.Height, configuration.Space.Width, options.Full);
        cancellationToken.ThrowIfCancellationRequested();
        NetworkExporter.Export(network, plan, options.Onnx, options.Argmax, configuration.Data.Fit);
        console.WriteLine(
            $"{options.Onnx}: {network.Architecture}, {network.ParameterCount / 1e6:F2} M parameters, {epochs} epochs of "
                + $"training, input 1x3x{plan.Height}x{plan.Width}."
        );
        return ExitCodes.Done;
    }
}
