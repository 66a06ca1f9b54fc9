using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Adversity.History;

/// <summary>How long a profiler takes to listen with nothing behind it, and with a long history.</summary>
internal static class HistoryCommand
{
    private const double LongestSeconds = 2;

    /// <summary>Makes a history and starts profilers on it.</summary>
    /// <returns>0 where each start with the history was within two seconds, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        int jobs = arguments.Integer("jobs", 10_000, 100),
            starts = arguments.Integer("starts", 5, 1);
        double gibibytes = arguments.Number("gib", 2, 0);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);
        Directory.CreateDirectory(folder);

        double[] empty = await StartAsync(Path.Combine(folder, "empty"), starts, interrupted);
        long start = Stopwatch.GetTimestamp();
        MadeHistory.Make(Path.Combine(folder, "history", "store"), jobs, gibibytes);
        string made = string.Create(
            CultureInfo.InvariantCulture,
            $"{jobs} jobs, {Gibibytes(folder):0.00} GiB, made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"
        );
        double[] history = await StartAsync(Path.Combine(folder, "history"), starts, interrupted);
        string[] report =
        [
            made,
            Line("without a history", empty),
            Line("with it", history),
            string.Create(CultureInfo.InvariantCulture, $"afterwards: {Gibibytes(folder):0.00} GiB"),
        ];
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), string.Join('\n', report) + "\n");
        foreach (string line in report)
            Console.WriteLine(line);
        return history.Max() <= LongestSeconds ? 0 : 1;
    }

    private static async Task<double[]> StartAsync(string folder, int times, CancellationToken interrupted)
    {
        var seconds = new double[times];
        for (int i = 0; i < times; i++)
        {
            await using ServiceProcess service = await ServiceProcess.StartAsync(folder, core: null, interrupted);
            seconds[i] = service.StartSeconds;
        }
        return seconds;
    }

    private static string Line(string what, double[] seconds) =>
        $"listening {what} after {string.Join(", ", seconds.Select(each => each.ToString("0.00", CultureInfo.InvariantCulture)))} s";

    private static double Gibibytes(string folder) =>
        new DirectoryInfo(Path.Combine(folder, "history", "store")).EnumerateFiles().Sum(file => file.Length) / (double)(1 << 30);
}
