namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Commands that several tests give, on synthetic scenes.</summary>
internal static class TinyCommand
{
    /// <summary>A search by the configuration and the table of a folder.</summary>
    /// <param name="folder">It has c.json and t.json.</param>
    /// <param name="run">The folder that it makes.</param>
    /// <param name="more">Further words of the command.</param>
    public static string[] Search(TemporaryFolder folder, string run, params string[] more) =>
        ["search", "--config", folder["c.json"], "--data", "synthetic", "--lut", folder["t.json"], "--out", run, .. more];
}
