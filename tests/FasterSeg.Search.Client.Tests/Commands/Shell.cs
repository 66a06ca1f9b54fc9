using FasterSeg.Search.Client.Commands;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Runs a command line inside the test.</summary>
internal static class Shell
{
    /// <summary>Exit code, standard output, standard error.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, console, error, TestContext.Current.CancellationToken);
        return (code, console.Output, error.ToString());
    }
}
