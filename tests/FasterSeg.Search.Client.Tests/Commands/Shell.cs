using FasterSeg.Search.Client.Commands;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Runs a command line inside the test.</summary>
internal static class Shell
{
    /// <summary>Exit code, standard output, standard error.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(width: 160, arguments);

    /// <summary>The same on a console of so many columns.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(int width, string[] arguments)
    {
        using var console = new TestConsole();
        console.Profile.Width = width;
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, console, error, TestContext.Current.CancellationToken);
        return (code, console.Output, error.ToString());
    }
}
