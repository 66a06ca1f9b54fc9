using System.Diagnostics;
using System.Text;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A program as a process of its own; disposing of it ends it in any case.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    // No part of a test: only against a program that hangs, which prints nothing and computes nothing for so long.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly SemaphoreSlim news = new(0);

    private RunningProgram(Process process) => this.process = process;

    /// <summary>What runs built programs.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public string Output => Read(output);

    public string Error => Read(error);

    /// <summary>Starts a built program, or one of dotnet's commands, with a home of its own, so that nothing of the user's is
    /// touched.</summary>
    public static RunningProgram Start(
        string assembly,
        string home,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => StartFile(DotNet, home, environment, [assembly, .. arguments]);

    /// <summary>Starts an executable, in the same way.</summary>
    public static RunningProgram StartFile(
        string file,
        string home,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = home,
        };
        start.Environment["XDG_DATA_HOME"] = home;
        start.Environment["LOCALAPPDATA"] = home;
        // Tests run side by side; each has a device lock of its own.
        start.Environment["TMPDIR"] = start.Environment["TMP"] = home;
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        var program = new RunningProgram(new Process { StartInfo = start });
        program.process.OutputDataReceived += (_, line) => program.Append(program.output, line.Data);
        program.process.ErrorDataReceived += (_, line) => program.Append(program.error, line.Data);
        program.process.Start();
        program.process.BeginOutputReadLine();
        program.process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits for a text on standard output and returns all that was printed until then.</summary>
    public async Task<string> WaitForOutputAsync(string text, CancellationToken cancellationToken)
    {
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The program ended before it printed '{text}': {Output}{Error}");
            TimeSpan before = Computed();
            if (!await news.WaitAsync(Longest, cancellationToken) && Computed() == before)
                throw new TimeoutException($"The program hangs and did not print '{text}': {Output}{Error}");
        }
        return Output;
    }

    /// <summary>Waits for the program's end.</summary>
    public async Task<(int Code, string Output, string Error)> WaitForEndAsync(CancellationToken cancellationToken)
    {
        Task end = process.WaitForExitAsync(cancellationToken);
        while (!end.IsCompleted)
        {
            TimeSpan before = Computed();
            await Task.WhenAny(end, Task.Delay(Longest, cancellationToken));
            // On a busy host it may take long, but goes on.
            if (!end.IsCompleted && Computed() == before)
                throw new TimeoutException($"The program hangs: {Output}{Error}");
        }
        await end;
        return (process.ExitCode, Output, Error);
    }

    /// <summary>Processor time that it has had.</summary>
    private TimeSpan Computed()
    {
        try
        {
            process.Refresh();
            return process.HasExited ? TimeSpan.MaxValue : process.TotalProcessorTime;
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Between the two questions.
            return TimeSpan.MaxValue;
        }
    }

    /// <summary>Ends the program as a power cut does.</summary>
    public void Kill() => process.Kill(entireProcessTree: true);

    /// <summary>Ends the program as <c>kill -9</c> does; what it started has to see to itself.</summary>
    public void KillAlone() => process.Kill();

    /// <summary>Presses Ctrl-C, or asks to terminate where programs started from here do not hear Ctrl-C.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start(
            "kill",
            [IgnoresCtrlC() ? "-TERM" : "-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]
        );
        kill.WaitForExit();
    }

    /// <summary>A shell that starts the tests in the background has them, and all that they start, ignore Ctrl-C.</summary>
    private static bool IgnoresCtrlC()
    {
        const int Interrupt = 2;
        string? mask = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return mask is not null && (Convert.ToInt64(mask["SigIgn:".Length..].Trim(), 16) & (1L << (Interrupt - 1))) != 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        news.Dispose();
    }

    private void Append(StringBuilder to, string? line)
    {
        lock (to)
        {
            if (line is not null)
                to.Append(line).Append('\n');
        }
        try
        {
            news.Release();
        }
        catch (ObjectDisposedException)
        {
            // The last line may arrive after the test's end.
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
