using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Protos.Profiler.Worker.V1;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The service's side of one worker process. A model that crashes it, hangs it or takes all memory costs that process and
/// nothing else.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int MostWords = 400;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly Process process;
    private readonly Queue<string> errors = new();
    private volatile bool ended;

    private WorkerProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>False once it has ended, or was told to.</summary>
    public bool IsAlive => !ended && !process.HasExited;

    /// <summary>Starts a worker of this build.</summary>
    /// <param name="choice">What it measures with.</param>
    public static WorkerProcess Start(EngineChoice choice)
    {
        string program = Path.Combine(AppContext.BaseDirectory, typeof(WorkerProcess).Assembly.GetName().Name + ".dll");
        var start = new ProcessStartInfo(DotNet(), ["exec", program, WorkerHost.Argument, JsonSerializer.Serialize(choice)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach ((string name, string value) in WorkerEnvironment.Of(choice)) start.Environment[name] = value;
        Process process = Process.Start(start)!;
        OfferToTheKernel(process.Id);
        return new(process);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="request">The work.</param>
    /// <param name="limits">Memory that it may take.</param>
    /// <param name="time">Time that it may take.</param>
    /// <param name="cancellation">Ends the worker.</param>
    /// <exception cref="WorkerFailedException">The worker ended, or was ended for a limit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public WorkerResponse Exchange(WorkerRequest request, WorkerLimits limits, TimeSpan time, CancellationToken cancellation)
    {
        Task<WorkerResponse> answer = Task.Run(() =>
        {
            request.WriteDelimitedTo(process.StandardInput.BaseStream);
            process.StandardInput.BaseStream.Flush();
            return WorkerResponse.Parser.ParseDelimitedFrom(process.StandardOutput.BaseStream);
        }, CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (answer.Wait((int)Glance.TotalMilliseconds, cancellation)) return answer.Result;
            }
            catch (OperationCanceledException)
            {
                End();
                throw;
            }
            catch (AggregateException fault) when (fault.InnerException is InvalidProtocolBufferException or IOException or InvalidOperationException)
            {
                throw Died();
            }
            if (Stopwatch.GetElapsedTime(start) > time) throw Stopped(FormattableString.Invariant($"took longer than {time.TotalSeconds:0.#} s and was ended"));
            long memory = ResidentBytes();
            if (memory > limits.MemoryBytes) throw Stopped(FormattableString.Invariant($"took {memory >> 20} MiB of memory, more than {limits.MemoryBytes >> 20}, and was ended"));
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        End();
        process.Dispose();
    }

    /// <summary>It ended without having reached a limit.</summary>
    private WorkerFailedException Died()
    {
        End();
        process.WaitForExit();
        string code = process.ExitCode > 128 ? $"signal {process.ExitCode - 128}" : $"exit code {process.ExitCode}";
        return new($"The process that measured it ended ({code}){LastWords()}", byItself: true);
    }

    /// <summary>It reached a limit and is ended.</summary>
    private WorkerFailedException Stopped(string why)
    {
        End();
        process.WaitForExit();
        return new($"The process that measured it {why}{LastWords()}");
    }

    private string LastWords()
    {
        string words;
        lock (errors) words = string.Join(' ', errors);
        if (words.Length == 0) return "";
        return "; its last words: " + (words.Length <= MostWords ? words : "..." + words[^MostWords..]);
    }

    private void End()
    {
        // The system may take its time over it.
        ended = true;
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private long ResidentBytes()
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended; the answer's end says so.
            return 0;
        }
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (errors)
        {
            errors.Enqueue(line.Trim());
            while (errors.Count > 10) errors.Dequeue();
        }
    }

    /// <summary>Where memory runs out, Linux shall end the worker and not the service.</summary>
    private static void OfferToTheKernel(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux()) File.WriteAllText($"/proc/{id}/oom_score_adj", "1000");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not ours to say here; the glance at its memory remains.
        }
    }

    /// <summary>The dotnet program of the runtime that this process runs on.</summary>
    private static string DotNet()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? name;
    }
}
