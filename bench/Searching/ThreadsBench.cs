using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FasterSeg.Bench.Searching;

/// <summary>
/// Steps of the weights beside busy loops, with threads that spin and threads that sleep while they wait for each other. Each way runs in
/// processes of its own, in turns, since libraries read how to wait when they are loaded.
/// </summary>
internal static partial class ThreadsBench
{
    // libgomp's own number of spins, where nobody says how threads wait.
    private static readonly (string Name, int Threads, string Variable, string Value)[] Ways =
    [
        ("one thread", 1, "OMP_WAIT_POLICY", "PASSIVE"),
        ("threads that sleep", 0, "OMP_WAIT_POLICY", "PASSIVE"),
        ("threads that spin briefly", 0, "GOMP_SPINCOUNT", "1000"),
        ("threads that spin", 0, "GOMP_SPINCOUNT", "300000"),
    ];

    /// <summary>Prints each way's times in every turn, and their medians beside one thread's.</summary>
    /// <param name="arguments">What a <c>step</c> is told, but for its threads.</param>
    /// <param name="threads">Threads of the ways that have several.</param>
    /// <param name="busy">Busy loops.</param>
    /// <param name="turns">How often each way runs.</param>
    public static int Run(IReadOnlyList<string> arguments, int threads, int busy, int turns)
    {
        using var end = new CancellationTokenSource();
        Thread[] loops = [.. Enumerable.Range(0, busy).Select(_ => new Thread(() => Loop(end.Token)) { IsBackground = true })];
        foreach (Thread loop in loops)
            loop.Start();
        double[][] times = [.. Ways.Select(_ => new double[turns])];
        for (int turn = 0; turn < turns; turn++)
        {
            for (int way = 0; way < Ways.Length; way++)
            {
                (string name, int number, string variable, string value) = Ways[way];
                times[way][turn] = Step(arguments, number > 0 ? number : threads, variable, value);
                Console.WriteLine(FormattableString.Invariant($"turn {turn + 1}: {name, -26} {times[way][turn], 9:F0} ms"));
            }
        }
        end.Cancel();
        Console.WriteLine(FormattableString.Invariant($"beside {busy} busy loops, {threads} threads, medians of {turns} turns:"));
        double one = Median(times[0]);
        for (int way = 0; way < Ways.Length; way++)
            Console.WriteLine(
                FormattableString.Invariant($"{Ways[way].Name, -26} {Median(times[way]), 9:F0} ms, ")
                    + FormattableString.Invariant($"{Median(times[way]) / one:F2} of one thread's")
            );
        return 0;
    }

    private static double Step(IEnumerable<string> arguments, int threads, string variable, string value)
    {
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                .. isHost ? [typeof(ThreadsBench).Assembly.Location] : Array.Empty<string>(),
                "step",
                .. arguments,
                "--set",
                string.Create(CultureInfo.InvariantCulture, $"threads={threads}"),
                "--only",
                "weights",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        start.Environment[variable] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match step = StepTime().Match(output);
        return step.Success
            ? double.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"A step printed no time: {output}");
    }

    private static void Loop(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            Thread.SpinWait(10_000);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    [GeneratedRegex(@"a search step +([0-9.]+) ms")]
    private static partial Regex StepTime();
}
