using System.CommandLine;
using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Evaluation;
using FasterSeg.Search.Client.Native;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Running;
using FasterSeg.Search.Client.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg eval</c>: how well a trained network segments.</summary>
public static class EvalCommand
{
    /// <summary>What the command line says.</summary>
    /// <param name="Run">The run's folder.</param>
    /// <param name="Role">Which network.</param>
    /// <param name="Data">The images.</param>
    /// <param name="Split">Train or val.</param>
    /// <param name="Device">Where torch computes.</param>
    public sealed record Options(string Run, Role Role, string Data, string Split, string Device);

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(), role = RunOptions.Role(), data = RunOptions.Data(), device = RunOptions.Device();
        var split = new Option<string>("--split") { Description = "Which images.", DefaultValueFactory = _ => "val" };
        split.AcceptOnlyFromAmong("train", "val");
        var command = new Command("eval", "Evaluates a trained network: IoU of each class, mean IoU, pixel accuracy.") { run, role, data, split, device };
        command.SetAction((parsed, token) => RunAsync(new Options(parsed.GetRequiredValue(run), RunOptions.Parse(parsed.GetRequiredValue(role)),
            parsed.GetRequiredValue(data), parsed.GetRequiredValue(split), parsed.GetRequiredValue(device)), console, token));
        return command;
    }

    /// <summary>Evaluates on whole images and prints the figures beside those of the majority map.</summary>
    public static async Task<int> RunAsync(Options options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        RunFolder run = RunFolder.Open(options.Run);
        FasterSegOptions configuration = ConfigurationLoader.Load(run.Configuration);
        SegmentationDataset data = DatasetLocator.Open(options.Data, configuration.Data);
        SearchWorkflow.CheckClasses(configuration, data);
        Device device = TorchDevice.Open(options.Device, configuration.Threads);
        ConfusionMatrix confusion = await EvaluateAsync(run, options.Role, data, options.Split, device, console, cancellationToken);
        EvaluationReport.Write(console, data, confusion, MajorityMap.Evaluate(data, options.Split, cancellationToken));
        EvaluationReport.Save(run.In($"eval-{RunFolder.Name(options.Role)}-{options.Split}.json"), data, confusion);
        return ExitCodes.Done;
    }

    /// <summary>Counts a trained network's answers on a split, off the caller's thread.</summary>
    internal static Task<ConfusionMatrix> EvaluateAsync(RunFolder run, Role role, SegmentationDataset data, string split, Device device,
        IAnsiConsole console, CancellationToken cancellation) => ProgressDisplay.RunAsync(console, progress => Task.Run(() =>
    {
        using DerivedNetwork network = new TrainingCheckpoint(run.TrainingCheckpoint(role)).LoadNetwork(device, out _);
        return NetworkEvaluation.Run(network, data.Split(split), device, progress, cancellation);
    }, CancellationToken.None));
}
