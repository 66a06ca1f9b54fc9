using System.Diagnostics;
using FasterSeg.Fleet.Service.Hosting;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>The program as a process of its own, for what its command line says.</summary>
internal static class FleetProgram
{
    /// <summary>Starts it.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string each in arguments.Prepend(typeof(FleetHost).Assembly.Location))
            start.ArgumentList.Add(each);
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code, and what it wrote on standard error.</returns>
    public static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>Waits for its end.</summary>
    public static async Task<(int Code, string Said)> EndAsync(Process process)
    {
        Task<string> written = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await written;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }
}
