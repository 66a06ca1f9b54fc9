using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Native;

/// <summary>How many threads libtorch's loops have, and how they wait for each other.</summary>
internal static class TorchThreads
{
    private const string Average = "/proc/loadavg",
        Statistics = "/proc/stat";

    private const double BusyPerCore = 1.5;

    // Either says how OpenMP's threads wait; who sets one knows why.
    private static readonly string[] Waiting = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"],
        Numbers = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"];

    private static bool warned;

    /// <summary>Whether the configuration has a number of threads, so that there is nothing to advise; true where nobody said
    /// yet.</summary>
    public static bool IsNumberAsked { get; set; } = true;

    /// <summary>
    /// Has threads spin only for some microseconds while they wait for each other, and then sleep. Where other work shares the cores, a
    /// thread that spins keeps the one that it waits for from running; where none does, one that sleeps at once is late for each of the
    /// many short loops of a step (bench/Searching). OpenMP reads this once, when it is loaded.
    /// </summary>
    public static void WaitBriefly()
    {
        if (Waiting.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
            return;
        // Linux has GNU's OpenMP, which counts spins. Elsewhere nothing was measured, and threads sleep at once.
        if (OperatingSystem.IsLinux())
            NativeEnvironment.Set(Waiting[1], "1000");
        else
            NativeEnvironment.Set(Waiting[0], "PASSIVE");
    }

    /// <summary>The number of threads to set; null leaves torch's own, which counts the machine's cores and knows of no container's
    /// quota.</summary>
    /// <param name="asked">By the configuration; 0 asks for none.</param>
    /// <param name="own">What torch would use.</param>
    public static int? Number(int asked, int own)
    {
        if (asked > 0)
            return asked;
        bool isSet = Numbers.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        return isSet || own <= Environment.ProcessorCount ? null : Environment.ProcessorCount;
    }

    /// <summary>Says once, where other work takes the cores already, what makes steps shorter.</summary>
    /// <param name="say">Takes the line.</param>
    public static void WarnIfBusy(Action<string> say)
    {
        if (warned || IsNumberAsked || !File.Exists(Average) || !File.Exists(Statistics))
            return;
        // A container sees the whole machine's load, so its cores count, and not the share that this process may use.
        int cores = File.ReadLines(Statistics)
            .Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]));
        if (Busy(File.ReadAllText(Average), cores) is not { } warning)
            return;
        warned = true;
        say("note: " + warning);
    }

    /// <summary>The warning; null where the cores are free enough, or nothing is known.</summary>
    /// <param name="average">What the system says of the load, its mean over a minute first.</param>
    /// <param name="cores">Cores of the machine.</param>
    internal static string? Busy(string average, int cores)
    {
        // A command that has just ended leaves the load of its own threads, one for each core.
        if (
            cores < 2
            || !double.TryParse(average.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double load)
            || load < BusyPerCore * cores
        )
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"other work keeps this machine's {cores} cores busy (load {load:0.0}): steps take long, and --set threads=1 makes them "
                + $"shorter."
        );
    }
}
