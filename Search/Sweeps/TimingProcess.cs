using System.Diagnostics;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>
/// Times phases in a process of its own: this program once more. Torch's number of threads belongs to a process, and one that runs out of
/// memory shall take no plan with it. It ends where its standard input does.
/// </summary>
public static class TimingProcess
{
    /// <summary>The argument that makes the program such a process; behind it come configuration, images, table, device, folder and
    /// phases, and what is set on top of the configuration.</summary>
    public const string Argument = "sweep-timing";

    private const string NoTable = "-",
        Fault = "error: ";

    // A phase of which nothing is heard for so long takes days in all; nobody waits for that at a plan.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What is timed of a chain.</summary>
    /// <param name="Config">Its configuration's file.</param>
    /// <param name="Sets">Values on top of it.</param>
    /// <param name="Data">Its images, as <c>--data</c> names them.</param>
    /// <param name="Table">Its table's file; null where there is none yet.</param>
    /// <param name="Device">Name of torch's device.</param>
    /// <param name="Tasks">Its phases.</param>
    internal sealed record Order(
        string Config,
        IReadOnlyList<string> Sets,
        string Data,
        string? Table,
        string Device,
        IReadOnlyList<string> Tasks
    );

    /// <summary>The process's own side: times phase after phase, and writes a line for each.</summary>
    /// <param name="arguments">Behind <see cref="Argument"/>.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="cancellation">Ends it.</param>
    public static void Serve(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation)
    {
        (string config, string location, string lut, string on, string folder) = (
            arguments[0],
            arguments[1],
            arguments[2],
            arguments[3],
            arguments[4]
        );
        LatencyTable? table = lut == NoTable ? null : LatencyTableImport.Load(lut);
        RunFolder scratch = RunFolder.Create(folder);
        foreach (string task in arguments[5].Split(','))
        {
            // Anew for each: a phase is timed with a shortened one.
            FasterSegOptions options = ConfigurationLoader.Load(config, [.. arguments.Skip(6)]);
            var device = TorchDevice.Open(on, options.Threads, options.Kernels);
            SegmentationDataset data = DatasetLocator.Open(location, options.Data);
            PhaseTime time = new PhaseTiming(options, data, table, scratch, device).Of(task, cancellation);
            output.WriteLine(JsonSerializer.Serialize(time));
            output.Flush();
        }
    }

    /// <summary>Has phases timed.</summary>
    /// <param name="order">Which.</param>
    /// <param name="timed">Told of each phase when it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Why not all were timed, as a sentence; null where all were.</returns>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    /// <exception cref="UsageException">There is no device of that name anywhere.</exception>
    internal static async Task<string?> RunAsync(Order order, Action<PhaseTime> timed, CancellationToken cancellation)
    {
        string scratch = Directory.CreateTempSubdirectory("fasterseg-timing-").FullName;
        try
        {
            using Process process = OwnProcess.Start(
                [
                    Argument,
                    order.Config,
                    order.Data,
                    order.Table ?? NoTable,
                    order.Device,
                    scratch,
                    string.Join(',', order.Tasks),
                    .. order.Sets,
                ],
                why => $"No process can be started to time steps ({why}): free memory, or add --no-timing."
            );
            try
            {
                return await ReadAsync(process, order, timed, cancellation).ConfigureAwait(false);
            }
            finally
            {
                // It has nothing to save.
                if (!process.HasExited)
                    process.Kill();
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<string?> ReadAsync(Process process, Order order, Action<PhaseTime> timed, CancellationToken cancellation)
    {
        string fault = "";
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Fault, StringComparison.Ordinal) == true)
                fault = line.Data[Fault.Length..];
        };
        process.BeginErrorReadLine();
        for (int done = 0; done < order.Tasks.Count; )
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Longest);
            string? line;
            try
            {
                line = await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return FormattableString.Invariant($"three steps of {order.Tasks[done].Replace('_', ' ')} take longer than ")
                    + FormattableString.Invariant($"{Longest.TotalSeconds:0} s here.");
            }
            if (line is null)
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
                if (process.ExitCode == StageEnd.Refused)
                    throw new UsageException(fault);
                return fault.Length > 0 ? fault : new StageEnd(process.ExitCode, "").Sentence + ".";
            }
            if (!line.StartsWith('{'))
                continue;
            timed(JsonSerializer.Deserialize<PhaseTime>(line)!);
            done++;
        }
        return null;
    }
}
