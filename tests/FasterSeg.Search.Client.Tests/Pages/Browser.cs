using System.Diagnostics;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Pages;

/// <summary>Chromium without a window; tests skip where there is none. <c>.ci/run</c> installs it.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The page of an address as it stands after a time of the page's own clock.</summary>
    /// <param name="address">The page.</param>
    /// <param name="folder">For the browser's own files.</param>
    /// <param name="width">Columns of its window.</param>
    /// <param name="milliseconds">How long the page lives before it is looked at.</param>
    public static async Task<string> ShowAsync(string address, string folder, int width, int milliseconds)
    {
        string? program = Names
            .SelectMany(name =>
                (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(path => Path.Combine(path, name))
            )
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "There is no Chromium here: apt-get install chromium.");
        var start = new ProcessStartInfo(program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-sync",
            "--no-proxy-server",
            $"--user-data-dir={folder}",
            FormattableString.Invariant($"--window-size={width},900"),
            FormattableString.Invariant($"--virtual-time-budget={milliseconds}"),
            "--dump-dom",
            address,
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process browser = Process.Start(start)!;
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<string> output = browser.StandardOutput.ReadToEndAsync(stop),
            error = browser.StandardError.ReadToEndAsync(stop);
        try
        {
            await browser.WaitForExitAsync(stop);
            Assert.True(browser.ExitCode == 0, await error);
            return await output;
        }
        finally
        {
            if (!browser.HasExited)
                browser.Kill(entireProcessTree: true);
        }
    }
}
