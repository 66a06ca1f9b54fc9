using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

public sealed class KnownScoresTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DerivedArchitecture network;

    public KnownScoresTests()
    {
        FasterSegOptions options = TinySearch.Options();
        network = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 2);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_score_is_computed_once_for_each_origin()
    {
        int computed = 0;
        NetworkScore Score(DerivedArchitecture _) => new(++computed, 0.5);
        NetworkScore Of(string origin) => new KnownScores(folder["scores.jsonl"], Score, origin).Of(network);
        Assert.Equal(1, Of("a").Loss);
        // A run that was scored before its settings changed: its scores stay in the file, and count no more.
        Assert.Equal(2, Of("b").Loss);
        Assert.Equal(2, Of("b").Loss);
        Assert.Equal(1, Of("a").Loss);
        Assert.Equal(2, computed);
        Assert.False(new KnownScores(folder["scores.jsonl"], Score, "c").Has(network));
    }

    [Fact]
    public void What_an_earlier_version_scored_says_not_by_what_and_is_scored_again()
    {
        new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5), "a").Of(network);
        string line = File.ReadAllText(folder["scores.jsonl"]);
        Assert.Contains(",\"Of\":\"a\"", line, StringComparison.Ordinal);
        File.WriteAllText(folder["scores.jsonl"], line.Replace("\"Of\":\"a\"", "\"Way\":1", StringComparison.Ordinal));
        Assert.False(new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5), "a").Has(network));
    }

    [Fact]
    public void A_network_that_diverged_is_kept_as_the_worst_there_is()
    {
        new KnownScores(folder["scores.jsonl"], _ => new(double.PositiveInfinity, 0), "a").Of(network);
        var read = new KnownScores(folder["scores.jsonl"], _ => throw new InvalidOperationException(), "a");
        Assert.Equal(double.PositiveInfinity, read.Of(network).Loss);
    }

    [Fact]
    public void Networks_that_were_scored_are_read_back_as_students()
    {
        var space = TinySearch.Options().Space.ToSpace();
        DerivedArchitecture[] networks = [.. Enumerable.Range(1, 20).Select(seed => RandomArchitectures.Draw(space, Role.Student, seed))];
        var scores = new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5), "a");
        foreach (DerivedArchitecture each in networks)
            scores.Of(each);
        File.AppendAllText(folder["scores.jsonl"], """{"Network":"7,7/0,0/1 x","Loss":1,"MeanIou":0.5,"Of":"a"}""" + "\n");
        IReadOnlyList<DerivedArchitecture> read = new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5), "a").Students(space);
        Assert.Equal(networks.Distinct(), read);
    }
}
