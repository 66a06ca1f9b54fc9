using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Adversity.Services;

/// <summary>The built profiler as a process of its own, with a store and locks of its own; disposing of it ends it.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process, StreamWriter log, Uri metrics)
    {
        this.process = process;
        this.log = log;
        Metrics = metrics;
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Where it answers.</summary>
    public Uri Address => address.Task.Result;

    /// <summary>Its page of metrics.</summary>
    public Uri Metrics { get; }

    /// <summary>How long it took from its start until it listened, seconds.</summary>
    public double StartSeconds { get; private set; }

    /// <summary>True once it has ended, by whatever.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>The process ids of its workers: one, or none.</summary>
    public IReadOnlyList<int> Workers => ProcessFigures.ChildrenOf(Id);

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="folder">Where store, locks, log and temporary files go.</param>
    /// <param name="core">The core that it and its worker are held to; null is any.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <param name="build">The folder of another build of it, to compare with; null is the one beside this program.</param>
    /// <param name="options">Further options of its command line.</param>
    /// <exception cref="UserErrorException">It does not start.</exception>
    public static async Task<ServiceProcess> StartAsync(
        string folder,
        int? core,
        CancellationToken cancellation,
        string? build = null,
        params IReadOnlyList<string> options
    )
    {
        Directory.CreateDirectory(folder);
        int metrics = FreePort();
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(build ?? AppContext.BaseDirectory, "fasterseg-profiler.dll");
        string[] command =
        [
            dotnet,
            program,
            "--listen",
            "127.0.0.1:0",
            "--store",
            Path.Combine(folder, "store"),
            "--locks",
            folder,
            "--share-device",
            "--threads",
            "1",
            "--metrics",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{metrics}"),
            .. options,
        ];
        if (core is { } only)
            command = ["taskset", "-c", only.ToString(CultureInfo.InvariantCulture), .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["TMPDIR"] = folder;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var service = new ServiceProcess(
            process,
            new(Path.Combine(folder, "service.log"), append: true) { AutoFlush = true },
            new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{metrics}/metrics"))
        );
        process.OutputDataReceived += (_, line) => service.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => service.Keep(line.Data);
        process.Exited += (_, _) =>
            service.address.TrySetException(new UserErrorException($"The profiler ended before it served: see service.log in {folder}."));
        long begin = Stopwatch.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await service.address.Task.WaitAsync(cancellation);
        service.StartSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return service;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        lock (log)
            log.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (log)
        {
            // The last lines may come when all is over.
            if (log.BaseStream is { CanWrite: true })
                log.WriteLine(line);
        }
        const string Announcement = "listens on ";
        int at = line.IndexOf(Announcement, StringComparison.Ordinal);
        if (at >= 0)
            address.TrySetResult(new(line[(at + Announcement.Length)..].Split(' ')[0]));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
