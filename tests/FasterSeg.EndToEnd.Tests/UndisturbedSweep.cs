using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A sweep of twelve chains that nobody disturbed, for tests that disturb others of the same plan.</summary>
public sealed class UndisturbedSweep : IAsyncLifetime
{
    /// <summary>How many chains it has.</summary>
    public const int Chains = 12;

    private readonly Workbench bench = new();

    /// <summary>The sweep's folder.</summary>
    internal string Path => bench["sweep"];

    /// <summary>What <c>sweep compare</c> says of it.</summary>
    internal string Comparison { get; private set; } = "";

    /// <summary>Plans the same sweep anew.</summary>
    internal static async Task PlanAsync(Workbench bench)
    {
        // Random networks, whose search takes no longer than its start, and as few commands as show a stage that is taken over.
        string sweep = SmallSweep.Write(
            bench,
            """
            "seeds": [1, 2, 3], "retries": 100, "stages": ["search", "student", "eval"], "settings": {
              "a": ["searching:method=random", "training:distillationWeight=0"],
              "b": ["searching:method=random", "training:distillationWeight=0", "training:learningRate=0.02"],
              "c": ["searching:method=random", "training:distillationWeight=0", "training:epochs=3"],
              "d": ["searching:method=random", "training:distillationWeight=0", "training:batch=3"]
            }
            """
        );
        await bench.OkAsync(["sweep", "plan", "--config", sweep, "--out", bench["sweep"], "--no-timing"]);
    }

    /// <summary>Asserts that each chain has the same results, byte for byte, and that no command was run again which had ended
    /// well.</summary>
    internal void AssertSame(string other)
    {
        string[] chains = [.. SmallSweep.Chains(Path)];
        Assert.Equal(Chains, chains.Length);
        foreach (string chain in chains)
            AssertSame(other, chain);
    }

    /// <summary>The same of one chain.</summary>
    internal void AssertSame(string other, string chain)
    {
        int compared = SmallSweep.AssertSame(Path, other, chain);
        Assert.True(compared > 5, $"{chain} has only {compared} results");
    }

    public async ValueTask InitializeAsync()
    {
        await PlanAsync(bench);
        await bench.OkAsync(["sweep", "run", bench["sweep"], "--workers", "2"]);
        Comparison = await bench.OkAsync(["sweep", "compare", bench["sweep"]]);
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();
}
