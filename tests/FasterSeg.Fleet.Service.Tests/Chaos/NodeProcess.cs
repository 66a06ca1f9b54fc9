using System.Diagnostics;
using System.Globalization;
using FasterSeg.Fleet.Service.Hosting;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>A node as a process of its own, which can be killed and started again at its address.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string Serves = "The fleet listens on";

    private readonly string store;
    private readonly string[] further;
    private readonly int port = FreePort.Next(),
        silo = FreePort.Next();
    private readonly List<string> log = [];
    private Process? process;

    private NodeProcess(string store, string[] further) => (this.store, this.further) = (store, further);

    /// <summary>Where it is called.</summary>
    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>Whether it runs.</summary>
    public bool IsAlive => process is { HasExited: false };

    /// <summary>Its memory, bytes, and the time that it has computed; null where it does not run.</summary>
    public (long Bytes, TimeSpan Computed)? Use
    {
        get
        {
            if (process is not { HasExited: false } running)
                return null;
            running.Refresh();
            return (running.WorkingSet64, running.TotalProcessorTime);
        }
    }

    /// <summary>Its process's id.</summary>
    public int Id => process!.Id;

    /// <summary>What it wrote, the last lines.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return string.Join('\n', log.TakeLast(60));
        }
    }

    /// <summary>Starts a node; returns once it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it wrote.</exception>
    public static async Task<NodeProcess> StartAsync(string store, CancellationToken cancellation, params string[] further)
    {
        var node = new NodeProcess(store, further);
        await node.StartAsync(cancellation);
        return node;
    }

    /// <summary>Starts it again.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(FleetHost).Assembly.Location,
                "--listen",
                $"127.0.0.1:{port}",
                "--silo",
                $"127.0.0.1:{silo}",
                "--store",
                store,
            },
        };
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (string each in further)
            start.ArgumentList.Add(each);
        var starting = new Process { StartInfo = start, EnableRaisingEvents = true };
        starting.OutputDataReceived += (_, line) => Note(line.Data, served);
        starting.ErrorDataReceived += (_, line) => Note(line.Data, served);
        starting.Exited += (_, _) => served.TrySetException(new InvalidOperationException($"The node ended:\n{Log}"));
        starting.Start();
        // Others ask meanwhile whether it lives, which a process that was not started can't answer.
        process = starting;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await served.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw;
        }
    }

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Stops it in the middle of whatever it does, as a machine that stands still does.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>It goes on.</summary>
    public void Wake() => Signal("-CONT");

    /// <summary>How often it said that it serves.</summary>
    public int Served
    {
        get
        {
            lock (log)
                return log.Count(line => line.Contains(Serves, StringComparison.Ordinal));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
            await KillAsync();
        process?.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Note(string? line, TaskCompletionSource served)
    {
        if (line is null)
            return;
        lock (log)
            log.Add(line);
        if (line.Contains(Serves, StringComparison.Ordinal))
            served.TrySetResult();
    }
}
