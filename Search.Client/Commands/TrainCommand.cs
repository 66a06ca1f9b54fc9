using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg train</c>: trains a derived network.</summary>
public static class TrainCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console, RankSession? ranks = null)
    {
        Option<string> run = RunOptions.Run(),
            role = RunOptions.Role(),
            data = RunOptions.Data(),
            device = RunOptions.Devices();
        Option<bool> resume = RunOptions.Resume();
        Option<string[]> set = CommonOptions.Set();
        var command = new Command("train", "Trains a derived network; a student learns from the trained teacher too.")
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
            {
                var options = new TrainArguments(
                    parsed.GetRequiredValue(run),
                    RunOptions.Parse(parsed.GetRequiredValue(role)),
                    parsed.GetRequiredValue(data),
                    parsed.GetRequiredValue(device),
                    parsed.GetValue(resume),
                    parsed.GetValue(set) ?? []
                );
                return ranks is { Place.Rank: > 0 } ? HelpAsync(options, ranks, token) : RunAsync(options, console, token, ranks);
            }
        );
        return command;
    }

    /// <summary>Trains to the end.</summary>
    public static Task<int> RunAsync(
        TrainArguments options,
        IAnsiConsole console,
        CancellationToken cancellationToken,
        RankSession? ranks = null
    ) =>
        InterruptedException.Say(
            () => TrainAsync(options, console, ranks, cancellationToken),
            () =>
            {
                var run = RunFolder.Open(options.Run);
                string start = ranks is null ? "" : FormattableString.Invariant($"mpirun -n {ranks.Place.Size} ");
                return start
                    + Suggestion.Train(
                        run,
                        options.Role,
                        options.Data,
                        [
                            .. Suggestion.Option("--device", options.Device, "cpu"),
                            // Its settings are kept with the checkpoint.
                            .. run.TrainingCheckpoint(options.Role).Exists ? ["--resume"] : Suggestion.Options("--set", options.Set),
                        ]
                    );
            }
        );

    /// <summary>Helps the first of several processes.</summary>
    private static Task<int> HelpAsync(TrainArguments options, RankSession ranks, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                try
                {
                    RankHelper.Run(ranks.Join(), options.Data, () => ranks.Place.Device(options.Device), cancellationToken);
                }
                catch (RankFailedException)
                {
                    // That one says why.
                }
                return ExitCodes.Done;
            },
            CancellationToken.None
        );

    private static async Task<int> TrainAsync(
        TrainArguments options,
        IAnsiConsole console,
        RankSession? ranks,
        CancellationToken cancellationToken
    )
    {
        // Whatever ends this process first ends the others, too.
        using RankLead? lead = ranks?.Lead();
        RunFolder run = RunFolder.Open(options.Run);
        FrontFolder.Refuse(run);
        // A training that goes on has the settings that it began with; one that failed before its first checkpoint has left none.
        bool goesOn = options.Resume && run.TrainingCheckpoint(options.Role).Exists;
        FasterSegOptions configuration = ConfigurationLoader.Load(
            goesOn ? run.ConfigurationOf(options.Role) : run.Configuration,
            options.Set
        );
        int replicas = lead?.Count ?? options.Device.Split(',').Length;
        if (goesOn)
            new TrainingCheckpoint(run.TrainingCheckpoint(options.Role), replicas).RequireReplicas();
        ReplicaPlaces.Require(configuration.Training, replicas);
        if (!goesOn)
            SharedStart.Require(run, configuration, options.Role);
        var faults = new List<string>();
        SegmentationDataset data = DatasetLocator.Open(options.Data, configuration.Data, options.Resume ? null : faults.Add);
        KnownClasses.Require(run, configuration.Space, data, options.Data);
        if (goesOn)
            RunImages.RequireSame(run, options.Role.Name(), data, options.Data);
        FasterSegOptions before = ConfigurationLoader.Load(goesOn ? run.ConfigurationOf(options.Role) : run.Configuration);
        if (goesOn && !FinishedTraining.IsOver(run, options.Role, before, configuration))
            ChangedSettings.RequireTraining(run, before, configuration, console);
        else
            ChangedSettings.RequireSpace(run, before, configuration);
        ChangedSettings.TellUnread(before, configuration, console);
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
        var places = new ReplicaPlaces(
            TorchDevice.OpenAll(ranks?.Place.Device(options.Device) ?? options.Device, configuration.Threads, configuration.Kernels),
            lead
        );
        PhaseRoom.Require(("training", configuration.Training));
        foreach (string advice in CropAdvice.Of(configuration, ("training", configuration.Training)))
            console.WriteLine($"warning: {advice}");
        await TrainAsync(configuration, data, options.Data, run, options.Role, places, options.Resume, console, cancellationToken);
        string name = options.Role.Name(),
            trained = ShortenedTraining.Load(run, options.Role) is { } shortened ? $"is trained for {shortened}" : "is trained";
        ConsoleText.Write(
            console,
            CommandText.Below($"The {name} {trained}; see how well:", Suggestion.Evaluate(run, options.Role, options.Data))
        );
        return ExitCodes.Done;
    }

    /// <summary>Trains a role of a run, off the caller's thread.</summary>
    internal static Task TrainAsync(
        FasterSegOptions configuration,
        SegmentationDataset data,
        string location,
        RunFolder run,
        Role role,
        ReplicaPlaces places,
        bool resume,
        IAnsiConsole console,
        CancellationToken cancellation
    ) => ProgressDisplay.RunAsync(console, run, progress => Task.Run(
                () =>
                {
                    using DerivedNetwork? teacher =
                        role == Role.Student && configuration.Training.DistillationWeight > 0 ? Teacher(run, location, places.First) : null;
                    if (teacher is not null && ShortenedTraining.Load(run, Role.Teacher) is { } shortened)
                        progress.Say($"The teacher is trained for {shortened}; the student learns from what it knows.");
                    DerivedArchitecture architecture = RunFile.Network(run, role);
                    bool goesOn = resume && run.TrainingCheckpoint(role).Exists;
                    if (goesOn)
                        configuration = FinishedTraining.Configuration(run, role, configuration, progress.Say);
                    PhaseRoom.Require(configuration.Training, architecture, places.First);
                    places.Ranks?.Begin(configuration, data, architecture, teacher?.Architecture);
                    NoteLength(configuration, run, role, goesOn);
                    configuration.Machine = MachineOptions.Here();
                    ConfigurationLoader.Save(configuration, run.TrainingConfiguration(role));
                    RunImages.Keep(run, role.Name(), data);
                    using var training = new NetworkTraining(
                        configuration,
                        data,
                        architecture,
                        teacher,
                        run,
                        places,
                        progress,
                        goesOn,
                        SharedStart.Of(run, configuration, architecture)
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

    /// <summary>Before the training's own configuration is replaced, which says how long it was to be.</summary>
    private static void NoteLength(FasterSegOptions configuration, RunFolder run, Role role, bool goesOn) =>
        ShortenedTraining.Note(
            run,
            role,
            configuration.Training.Epochs,
            goesOn ? ConfigurationLoader.Load(run.ConfigurationOf(role)).Training.Epochs : null,
            goesOn ? new TrainingCheckpoint(run.TrainingCheckpoint(role)).Epochs() : 0
        );

    private static DerivedNetwork Teacher(RunFolder run, string data, Device device)
    {
        const string Without = "do without with --set training:distillationWeight=0";
        if (!File.Exists(run.Architecture(Role.Teacher)))
        {
            throw new UserErrorException(
                CommandText.Below(
                    $"The student learns from a teacher, and {run.Path} has none: {Without}, or derive one into it:",
                    Suggestion.Of("derive", "--parameters", "FILE", "--role", "teacher", "--out", run.Path)
                )
            );
        }
        CheckpointFile file = run.TrainingCheckpoint(Role.Teacher);
        if (!file.Exists)
            throw new UserErrorException(
                CommandText.Below(
                    $"The student learns from the teacher, and {file.Path} is not there: {Without}, or train the teacher first:",
                    Suggestion.Train(run, Role.Teacher, data)
                )
            );
        // By its own length; a student may train longer, or shorter.
        if (UnfinishedTraining.Load(run, Role.Teacher) is not { } unfinished)
            return TrainedNetwork.Load(run, Role.Teacher, device, out _);
        throw new UserErrorException(
            CommandText.Below(
                $"The teacher has {unfinished} of training behind it: {Without}, or finish it first:",
                Suggestion.Train(run, Role.Teacher, data, "--resume")
            )
        );
    }
}
