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
    public void A_score_is_computed_once_in_each_way()
    {
        int computed = 0;
        NetworkScore Score(DerivedArchitecture _) => new(++computed, 0.5);
        NetworkScore Of(int way) => new KnownScores(folder["scores.jsonl"], Score, way).Of(network);
        Assert.Equal(1, Of(0).Loss);
        // A run that was scored before the way changed: its scores stay in the file, and count no more.
        Assert.Equal(2, Of(1).Loss);
        Assert.Equal(2, Of(1).Loss);
        Assert.Equal(1, Of(0).Loss);
        Assert.Equal(2, computed);
        Assert.False(new KnownScores(folder["scores.jsonl"], Score, way: 2).Has(network));
    }

    [Fact]
    public void Networks_that_were_scored_are_read_back_as_students()
    {
        var space = TinySearch.Options().Space.ToSpace();
        DerivedArchitecture[] networks = [.. Enumerable.Range(1, 20).Select(seed => RandomArchitectures.Draw(space, Role.Student, seed))];
        var scores = new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5));
        foreach (DerivedArchitecture each in networks)
            scores.Of(each);
        File.AppendAllText(folder["scores.jsonl"], """{"Network":"7,7/0,0/1 x","Loss":1,"MeanIou":0.5}""" + "\n");
        IReadOnlyList<DerivedArchitecture> read = new KnownScores(folder["scores.jsonl"], _ => new(1, 0.5)).Students(space);
        Assert.Equal(networks.Distinct(), read);
    }
}
