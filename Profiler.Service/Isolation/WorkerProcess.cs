using System.Diagnostics;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The service's side of one worker process. A model that crashes it, hangs it or takes all memory costs that process and
/// nothing else.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100),
        LongestGoodbye = TimeSpan.FromSeconds(5);

    private const int ExitBySignal = 128,
        Kill = 9;

    // Hangup, interrupt, quit, kill and terminate: no model sends them, and a worker may send none.
    private static readonly int[] OutsidersSignals = [1, 2, 3, Kill, 15];

    private readonly Process process;
    private readonly WorkerFolder temporary;
    private readonly Action<Ready> ready;
    private readonly LastWords words = new();
    private volatile bool ended;
    private volatile bool isReady;

    private WorkerProcess(Process process, WorkerFolder temporary, Action<Ready> ready)
    {
        (this.process, this.temporary, this.ready) = (process, temporary, ready);
        process.ErrorDataReceived += (_, line) => words.Hear(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The program that every worker runs: this one.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, typeof(WorkerProcess).Assembly.GetName().Name + ".dll");

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>False once it has ended, or was told to.</summary>
    public bool IsAlive => !ended && !process.HasExited;

    /// <summary>Starts a worker of this build, in a folder of its own for temporary files.</summary>
    /// <param name="choice">What it measures with.</param>
    /// <param name="writableFolders">Further folders in which it may write; they are made where they are not there.</param>
    /// <param name="ready">Called when it is there, with the rights that it has given up.</param>
    /// <exception cref="WorkerFailedException">It cannot be started.</exception>
    public static WorkerProcess Start(EngineChoice choice, IReadOnlyList<string> writableFolders, Action<Ready> ready)
    {
        WorkerFolder? folder = null;
        try
        {
            folder = WorkerFolder.Make();
            // A right to write is one in a folder that is there.
            foreach (string writable in writableFolders)
                Directory.CreateDirectory(writable);
            return Start(choice, writableFolders, folder, ready);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            folder?.Dispose();
            throw new WorkerFailedException($"The process that measures cannot be started: {fault.Message}", WorkerEnd.Outside);
        }
    }

    private static WorkerProcess Start(EngineChoice choice, IReadOnlyList<string> writableFolders, WorkerFolder folder, Action<Ready> ready)
    {
        // The worker's temporary folder is another one: where it says nothing of the caches, they would be lost with it.
        choice = choice with { CachesFolder = choice.ResolveCachesFolder() };
        string[] command = DotNetHost.Command(Program);
        var start = new ProcessStartInfo(
            command[0],
            [.. command[1..], WorkerHost.Argument, JsonSerializer.Serialize(choice), .. writableFolders]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        WorkerEnvironment.Prepare(start.Environment, folder.Path, choice);
        Process process = Process.Start(start)!;
        OfferToTheKernel(process.Id);
        return new(process, folder, ready);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="request">The work.</param>
    /// <param name="limits">What it may take.</param>
    /// <param name="settings">How it is measured.</param>
    /// <param name="sessions">Most sessions of it.</param>
    /// <param name="cancellation">Ends the worker.</param>
    /// <exception cref="WorkerFailedException">The worker ended, or was ended for a limit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public WorkerResponse Exchange(
        WorkerRequest request,
        WorkerLimits limits,
        MeasurementSettings settings,
        int sessions,
        CancellationToken cancellation
    )
    {
        request.Mark = words.Begin();
        var time = new WorkerTime(TimeProvider.System);
        var clock = new StageClock(limits, settings, sessions, isReady ? Stage.Building : Stage.Unspecified, time);
        var starvation = new Starvation(Id);
        long killsBefore = ProcessState.OutOfMemoryKills();
        Task<WorkerResponse> answer = Task.Run(
            () =>
            {
                request.WriteDelimitedTo(process.StandardInput.BaseStream);
                process.StandardInput.BaseStream.Flush();
                return ReadAnswer(clock);
            },
            CancellationToken.None
        );
        while (true)
        {
            try
            {
                if (answer.Wait((int)Glance.TotalMilliseconds, cancellation))
                    return answer.Result;
            }
            catch (OperationCanceledException)
            {
                End();
                throw;
            }
            catch (AggregateException fault)
                when (fault.InnerException is InvalidProtocolBufferException or IOException or InvalidOperationException)
            {
                throw Died(killsBefore);
            }
            time.Tick(ProcessState.IsStopped(Id));
            if (clock.Excess() is not null)
                time.TakeBack(starvation.Take());
            if (clock.Excess() is { } excess)
                throw Stopped($"{excess.What} and was ended{WorkerLimits.Remedy(excess.Option)}");
            if (time.Stopped > WorkerLimits.LongestStop)
                throw Stopped(
                    $"was kept from running for more than {WorkerLimits.LongestStop.TotalSeconds} s from outside, and was ended",
                    WorkerEnd.Outside
                );
            long memory = ResidentBytes();
            if (memory > limits.MemoryBytes)
                throw Stopped(
                    FormattableString.Invariant($"took {memory >> 20} MiB of memory, more than {limits.MemoryBytes >> 20}, and was ")
                        + FormattableString.Invariant($"ended{WorkerLimits.Remedy(WorkerLimits.MemoryOption)}")
                );
        }
    }

    /// <summary>Ends the process, and removes what it has left.</summary>
    public void Dispose()
    {
        End();
        process.WaitForExit(LongestGoodbye);
        process.Dispose();
        temporary.Dispose();
    }

    /// <summary>The answer, behind the news that come before it.</summary>
    private WorkerResponse ReadAnswer(StageClock clock)
    {
        while (true)
        {
            WorkerResponse response = WorkerResponse.Parser.ParseDelimitedFrom(process.StandardOutput.BaseStream);
            if (response.ResultCase == WorkerResponse.ResultOneofCase.Ready)
            {
                isReady = true;
                clock.Begin(Stage.Building);
                ready(response.Ready);
            }
            else if (response.ResultCase == WorkerResponse.ResultOneofCase.Begun)
                clock.Begin(response.Begun.Stage, response.Begun.RunMs);
            else
                return response;
        }
    }

    /// <summary>It ended without having reached a limit.</summary>
    private WorkerFailedException Died(long killsBefore)
    {
        End();
        process.WaitForExit();
        int signal = process.ExitCode - ExitBySignal;
        if (signal <= 0)
            return new($"The process that measured it ended (exit code {process.ExitCode}){words}", WorkerEnd.Crash);
        bool ranOut = signal == Kill && ProcessState.OutOfMemoryKills() > killsBefore;
        return new(
            $"The process that measured it ended (signal {signal}{(ranOut ? ", the machine was out of memory" : "")}){words}",
            OutsidersSignals.Contains(signal) && !ranOut ? WorkerEnd.Outside : WorkerEnd.Crash
        );
    }

    /// <summary>It is ended, for a limit or for what somebody else does to it.</summary>
    private WorkerFailedException Stopped(string why, WorkerEnd end = WorkerEnd.Limit)
    {
        End();
        process.WaitForExit();
        return new($"The process that measured it {why}{words}", end);
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

    /// <summary>Where memory runs out, Linux shall end the worker and not the service.</summary>
    private static void OfferToTheKernel(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                File.WriteAllText($"/proc/{id}/oom_score_adj", "1000");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not ours to say here; the glance at its memory remains.
        }
    }
}
