using System.Diagnostics;
using System.Text;

namespace FasterSeg.Tests;

/// <summary>Programs of other languages, which .ci/run installs and no test does. A test whose program is missing is skipped.</summary>
internal static class OutsideProgram
{
    private const string DebiansPython = "/usr/bin/python3";

    /// <summary>Debian's Python, whose packages .ci/run installs, where there is one.</summary>
    public static string Python => File.Exists(DebiansPython) ? DebiansPython : "python3";

    /// <summary>Skips the test unless Python has some modules.</summary>
    public static async Task RequirePythonAsync(params string[] modules)
    {
        bool has = (await TryAsync(Python, ["-c", "import " + string.Join(", ", modules)], Path.GetTempPath())).Code == 0;
        Xunit.Assert.SkipUnless(has, $"{Python} lacks one of {string.Join(", ", modules)}: .ci/run installs them.");
    }

    /// <summary>Runs a program to its end, which must be a good one, and returns what it printed.</summary>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var (code, output, error) = await TryAsync(program, arguments, folder, environment);
        Xunit.Assert.True(code == 0, $"{program} ended with {code}: {error}{output}");
        return output;
    }

    /// <summary>Runs a program to its end; the code is -1 where there is no such program.</summary>
    public static async Task<(int Code, string Output, string Error)> TryAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // Caches of compiled modules would be written beside the sources.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "", $"There is no {program}.");
        }
        using (process)
        {
            process!.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(Xunit.TestContext.Current.CancellationToken),
                error = process.StandardError.ReadToEndAsync(Xunit.TestContext.Current.CancellationToken);
            try
            {
                await process.WaitForExitAsync(Xunit.TestContext.Current.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            return (process.ExitCode, await output, await error);
        }
    }
}
