using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg train</c>: trains a derived network from scratch.</summary>
public static class TrainCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> run = RunOptions.Run(),
            role = RunOptions.Role(),
            data = RunOptions.Data(),
            device = RunOptions.Device();
        Option<bool> resume = RunOptions.Resume();
        Option<string[]> set = CommonOptions.Set();
        var command = new Command("train", "Trains a derived network from scratch; a student learns from the trained teacher too.")
        {
            run,
            role,
            data,
            device,
            resume,
            set,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new TrainArguments(
                        parsed.GetRequiredValue(run),
                        RunOptions.Parse(parsed.GetRequiredValue(role)),
                        parsed.GetRequiredValue(data),
                        parsed.GetRequiredValue(device),
                        parsed.GetValue(resume),
                        parsed.GetValue(set) ?? []
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Trains to the end.</summary>
    public static async Task<int> RunAsync(TrainArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        RunFolder run = RunFolder.Open(options.Run);
        // A training that goes on has the settings that it began with.
        string settings = run.TrainingConfiguration(options.Role);
        FasterSegOptions configuration = ConfigurationLoader.Load(
            options.Resume && File.Exists(settings) ? settings : run.Configuration,
            options.Set
        );
        var faults = new List<string>();
        SegmentationDataset data = DatasetLocator.Open(options.Data, configuration.Data, options.Resume ? null : faults.Add);
        data.RequireClasses(configuration.Space);
        if (!options.Resume && run.TrainingCheckpoint(options.Role).Exists)
            throw new UserErrorException(
                $"{run.TrainingCheckpoint(options.Role).Path} is there already: go on with --resume, or move it away to train anew."
            );
        if (!options.Resume)
            DataCheckCommand.Keep(
                await DataCheckCommand.BeginAsync(options.Data, data, faults, run, console, cancellationToken),
                data,
                run
            );
        Device device = TorchDevice.Open(options.Device, configuration.Threads, configuration.Kernels);
        await TrainAsync(configuration, data, run, options.Role, device, options.Resume, console, cancellationToken);
        string name = options.Role.Name();
        console.WriteLine(
            $"The {name} is trained; see how well with 'fasterseg eval --run {run.Path} --role {name} --data {options.Data}'."
        );
        return ExitCodes.Done;
    }

    /// <summary>Trains a role of a run, off the caller's thread.</summary>
    internal static Task TrainAsync(
        FasterSegOptions configuration,
        SegmentationDataset data,
        RunFolder run,
        Role role,
        Device device,
        bool resume,
        IAnsiConsole console,
        CancellationToken cancellation
    ) => ProgressDisplay.RunAsync(console, run, progress => Task.Run(
                () =>
                {
                    using DerivedNetwork? teacher =
                        role == Role.Student && configuration.Training.DistillationWeight > 0 ? Teacher(run, configuration, device) : null;
                    DerivedArchitecture architecture = DerivedArchitectureJson.Load(run.Architecture(role));
                    configuration.Machine = MachineOptions.Here();
                    ConfigurationLoader.Save(configuration, run.TrainingConfiguration(role));
                    using var training = new NetworkTraining(
                        configuration,
                        data,
                        architecture,
                        teacher,
                        run,
                        device,
                        progress,
                        resume && run.TrainingCheckpoint(role).Exists
                    );
                    if (!training.IsDone)
                    {
                        foreach (string stale in run.SetEvaluationsAside(role))
                            progress.Say($"{stale} is of the network before this training; its figures are no longer shown.");
                    }
                    training.Run(cancellation);
                },
                CancellationToken.None
            ));

    private static DerivedNetwork Teacher(RunFolder run, FasterSegOptions configuration, Device device)
    {
        if (!File.Exists(run.Architecture(Role.Teacher)))
            throw new UserErrorException(
                $"The student learns from a teacher, and {run.Path} has none: derive one into it with 'fasterseg derive "
                    + $"--parameters FILE --role teacher --out {run.Path}', or do without with --set training:distillationWeight=0."
            );
        CheckpointFile file = run.TrainingCheckpoint(Role.Teacher);
        if (!file.Exists)
            throw new UserErrorException(
                $"The student learns from the teacher, and {file.Path} is not there: train the teacher first, or do without with "
                    + "--set training:distillationWeight=0."
            );
        DerivedNetwork teacher = new TrainingCheckpoint(file).LoadNetwork(device, out int epochs);
        if (epochs < configuration.Training.Epochs)
            throw new UserErrorException(
                $"The teacher has {epochs} of {configuration.Training.Epochs} epochs of training "
                    + "behind it: finish it first with --role teacher --resume."
            );
        return teacher;
    }
}
