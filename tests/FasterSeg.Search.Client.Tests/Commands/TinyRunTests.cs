using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Tests of the smallest search and its trainings, by the command line, each in a folder of its own.</summary>
public abstract class TinyRunTests : IDisposable
{
    private protected TinyRunTests()
    {
        Options.Pretrain.Epochs = Options.Searching.Epochs = Options.Training.Epochs = 1;
        Options.Searching.ValidationImages = 1;
        ConfigurationLoader.Save(Options, Folder["c.json"]);
        Table = TinySpace.Table(Options.Space.ToSpace());
        LatencyTableJson.Save(Table, Folder["t.json"]);
    }

    /// <summary>Where everything lies.</summary>
    private protected TemporaryFolder Folder { get; } = new();

    /// <summary>Settings of the search, which lie in <c>c.json</c>.</summary>
    private protected FasterSegOptions Options { get; } = TinySearch.Options();

    /// <summary>The latencies, which lie in <c>t.json</c>.</summary>
    private protected LatencyTable Table { get; }

    /// <summary>The run's folder.</summary>
    private protected string Run => Folder["my run"];

    /// <summary>Removes everything.</summary>
    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The command that searches.</summary>
    private protected string[] Search(params string[] more) => TinyCommand.Search(Folder, Run, more);

    /// <summary>The command that trains a role.</summary>
    private protected string[] Train(string role, params string[] more) =>
        ["train", "--run", Run, "--role", role, "--data", "synthetic", .. more];

    /// <summary>Runs a command that works, and has its output.</summary>
    private protected static async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(width: 400, arguments);
        Assert.True(code == ExitCodes.Done, output + error);
        return output;
    }
}
