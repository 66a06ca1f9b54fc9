using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Export;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg export</c>: a trained network as ONNX, or its weights for PyTorch.</summary>
public static class ExportCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(),
            role = RunOptions.Role();
        var onnx = new Option<string?>("--onnx") { HelpName = "FILE", Description = "The ONNX file." };
        var full = new Option<bool>("--full") { Description = "End at the image's size instead of 1/8 of it." };
        var safetensors = new Option<string?>("--safetensors")
        {
            HelpName = "FILE",
            Description = "The weights with a description of the network, for PyTorch (examples/python/load.py).",
        };
        var data = new Option<string?>("--data")
        {
            HelpName = "KIND:DIR",
            Description = "The data set whose classes the file names. Default: the one that the run was trained on.",
        };
        var form = new ExportFormOptions();
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command(
            "export",
            "Writes a trained network with its weights as ONNX (opset 17), at the size of its search space, or for PyTorch."
        )
        {
            run,
            role,
            onnx,
            full,
            safetensors,
            data,
            overwrite,
        };
        foreach (Option option in form.All)
            command.Options.Add(option);
        command.SetAction(
            (parsed, token) =>
                Task.FromResult(
                    Run(
                        new ExportArguments(
                            parsed.GetRequiredValue(run),
                            RunOptions.Parse(parsed.GetRequiredValue(role)),
                            parsed.GetValue(onnx),
                            parsed.GetValue(full),
                            form.Form(parsed, hasOnnx: parsed.GetValue(onnx) is not null),
                            form.Size(parsed),
                            parsed.GetValue(safetensors),
                            parsed.GetValue(data),
                            parsed.GetValue(overwrite)
                        ),
                        console,
                        token
                    )
                )
        );
        return command;
    }

    /// <summary>Writes the files.</summary>
    /// <exception cref="UsageException">No file is named.</exception>
    /// <exception cref="UserErrorException">The run has no such network, or a file cannot be written.</exception>
    public static int Run(ExportArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (options.Onnx is null && options.Safetensors is null)
            throw new UsageException("Name what to write: --onnx FILE, --safetensors FILE or both.");
        RunFolder run = RunFolder.Open(options.Run);
        FasterSegOptions configuration = ConfigurationLoader.Load(run.ConfigurationOf(options.Role));
        if (options.Onnx is not null)
            OutputFile.Require(options.Onnx, "--onnx", options.Overwrite, run.Files);
        if (options.Safetensors is not null)
            OutputFile.Require(options.Safetensors, "--safetensors", options.Overwrite, run.Files);
        OutputFile.RequireDistinct(("--onnx", options.Onnx), ("--safetensors", options.Safetensors));
        var cpu = TorchDevice.Open("cpu", configuration.Threads, configuration.Kernels);
        using DerivedNetwork network = TrainedNetwork.Load(run, options.Role, cpu, out int epochs);
        (int height, int width) = options.Size ?? (configuration.Space.Height, configuration.Space.Width);
        NetworkPlan plan = NetworkPlan.Of(network.Architecture, height, width, options.Full);
        if (options.Onnx is not null)
            ExportLimits.Require(plan, options.Form);
        NetworkFacts facts = ExportedFacts.Of(run, configuration, plan, options.Form, options.Data, epochs, console.WriteLine);
        cancellationToken.ThrowIfCancellationRequested();
        string of = ShortenedTraining.Load(run, options.Role) is { } shortened
                ? FormattableString.Invariant($", of {shortened.Of} that it was begun with")
            : UnfinishedTraining.Load(run, options.Role) is { } unfinished
                ? FormattableString.Invariant($", which is not finished: it is to have {unfinished.Of}")
            : "",
            what = FormattableString.Invariant($"{network.Architecture}, {Plural.Of(epochs, "epoch")} of training{of}");
        if (options.Onnx is { } onnx)
        {
            NetworkExporter.Export(network, plan, onnx, options.Form, facts, new ExportHooks(console.WriteLine, cancellationToken));
            console.WriteLine(
                FormattableString.Invariant($"{onnx}: {what}, {NetworkCost.Of(plan).Figures} for a picture of {height}x{width}. ")
                    + $"It {ExportedShapes.Of(plan, options.Form)}."
            );
        }
        if (options.Safetensors is { } weights)
        {
            WeightsExporter.Export(network, plan, weights, facts);
            console.WriteLine($"{weights}: {what}, the weights for PyTorch.");
        }
        if (options.Onnx is { } written)
            ConsoleText.Write(
                console,
                CommandText.Below(
                    "See what it says of a picture:",
                    Suggestion.Of("predict", "--onnx", written, "--image", "PICTURE", "--out", "overlay.png")
                )
            );
        return ExitCodes.Done;
    }
}
