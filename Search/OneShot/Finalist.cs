using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>One training of successive halving, in a folder that says all of it but the images: whoever opens it can train.</summary>
public static class Finalist
{
    // An earlier process whose search was ended from outside still saves its last step.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromMinutes(2),
        Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes the folder of a training, or takes one of the same training that was interrupted.</summary>
    /// <param name="path">The folder; what else lies there goes.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="options">The search's configuration.</param>
    /// <param name="steps">How long it is trained.</param>
    /// <param name="origin">What its score will be made of; a folder of another origin is of another training.</param>
    /// <param name="start">A network with the weights that it begins with; null draws them.</param>
    internal static RunFolder Prepare(
        string path,
        DerivedArchitecture network,
        FasterSegOptions options,
        int steps,
        string origin,
        Func<DerivedNetwork>? start
    )
    {
        if (!RunFolder.Exists(path) || !IsOf(RunFolder.Open(path), network, origin))
        {
            // Of another training, or what is left where somebody ended the program while it removed the folder.
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            RunFolder made = RunFolder.Create(path);
            File.WriteAllText(OriginOf(made), origin);
            if (start is not null)
            {
                using DerivedNetwork first = start();
                SharedStart.Keep(first, made);
            }
            DerivedArchitectureJson.Save(network, made.Architecture(network.Role));
            ConfigurationLoader.Save(options, made.Configuration);
        }
        RunFolder folder = RunFolder.Open(path);
        FasterSegOptions own = ConfigurationLoader.Load(folder.Configuration);
        // Held-out images judge a network once it is trained; validation images decide nothing here.
        (own.Training.Epochs, own.Training.StepsPerEpoch, own.Training.Validations) = (1, steps, 0);
        // A rate that falls by epochs would not fall here; and without that a training's end says little of the network.
        if (own.Training.PolyPower == 0)
            own.Training.PolyPower = 0.9;
        // How many there are decides how sums are rounded: another process shall have as many.
        own.Threads = get_num_threads();
        ConfigurationLoader.Save(own, folder.Configuration);
        return folder;
    }

    /// <summary>Trains to the end, from where an earlier try has come to.</summary>
    /// <param name="folder">Made by <see cref="Prepare"/>.</param>
    /// <param name="data">The images, already at the deployed size; those for training are the ones that nothing is scored on.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    internal static void Train(
        RunFolder folder,
        SegmentationDataset data,
        Device device,
        IProgressReporter reporter,
        CancellationToken cancellation
    )
    {
        DerivedArchitecture network = NetworkOf(folder);
        using var training = new NetworkTraining(
            ConfigurationLoader.Load(folder.Configuration),
            data,
            network,
            teacher: null,
            folder,
            device,
            reporter,
            resume: folder.TrainingCheckpoint(network.Role).Exists,
            start: folder.StartingWeights.Exists ? trained => SharedStart.GiveKept(folder, network, trained) : null
        );
        training.Run(cancellation);
    }

    /// <summary>The same in a process of its own, which has nothing but the folder.</summary>
    /// <param name="path">Made by <see cref="Prepare"/>.</param>
    /// <param name="location">The search's images, see <see cref="DatasetLocator"/>.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    /// <exception cref="UserErrorException">The training cannot go on; the message says why.</exception>
    public static void Train(string path, string location, string device, IProgressReporter reporter, CancellationToken cancellation)
    {
        RunFolder folder = RunFolder.Open(path);
        FasterSegOptions options = ConfigurationLoader.Load(folder.Configuration);
        SegmentationDataset data = DatasetLocator.Open(location, options.Data).FittedTo(options);
        HeldOutImages images = HeldOutImages.Of(data.Split("train"), options.OneShot.HeldOut, options.Seed);
        Device torch = TorchDevice.Open(device, options.Threads, options.Kernels, "halving:devices");
        WaitForOthers(folder, cancellation);
        Train(folder, data with { Train = images.Weights }, torch, reporter, cancellation);
    }

    /// <summary>Whether a training has come to its end.</summary>
    internal static bool IsDone(RunFolder folder) =>
        new TrainingCheckpoint(folder.TrainingCheckpoint(NetworkOf(folder).Role)).Epochs() >= 1;

    /// <summary>What makes trainings on the CPU shorter; null where nothing is to be said.</summary>
    /// <param name="devices">Where they run.</param>
    /// <param name="threads">Threads of each.</param>
    internal static string? Advice(IReadOnlyList<string> devices, int threads)
    {
        int onCpu = devices.Count(name => name == "cpu"),
            cores = Environment.ProcessorCount;
        return onCpu > 1 && onCpu * threads > cores
            ? FormattableString.Invariant(
                $"note: {onCpu} trainings of {Plural.Of(threads, "thread")} each share {Plural.Of(cores, "core")}: they take less time "
            ) + FormattableString.Invariant($"with --set threads={Math.Max(1, cores / onCpu)} from the search's beginning.")
            : null;
    }

    private static string OriginOf(RunFolder folder) => folder.In("origin.txt");

    private static DerivedArchitecture NetworkOf(RunFolder folder) =>
        DerivedArchitectureJson.Load(
            new[] { Role.Student, Role.Teacher }.Select(folder.Architecture).FirstOrDefault(File.Exists)
                ?? folder.Architecture(Role.Student)
        );

    private static bool IsOf(RunFolder folder, DerivedArchitecture network, string origin) =>
        File.Exists(OriginOf(folder))
        && File.ReadAllText(OriginOf(folder)) == origin
        && File.Exists(folder.Architecture(network.Role))
        && DerivedArchitectureJson.Load(folder.Architecture(network.Role)).Equals(network);

    private static void WaitForOthers(RunFolder folder, CancellationToken cancellation)
    {
        for (TimeSpan waited = TimeSpan.Zero; ; waited += Glance)
        {
            try
            {
                RunLock.Take(folder).Dispose();
                return;
            }
            catch (UserErrorException) when (waited < LongestGoodbye)
            {
                if (cancellation.WaitHandle.WaitOne(Glance))
                    cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
