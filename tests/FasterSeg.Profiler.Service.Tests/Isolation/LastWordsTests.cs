using FasterSeg.Profiler.Service.Isolation;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class LastWordsTests
{
    private readonly LastWords words = new();

    [Fact]
    public void Words_of_an_earlier_request_are_never_quoted_even_where_they_come_late()
    {
        words.Hear(words.Begin());
        words.Hear("node 'SECRET_LAYER_OF_CLIENT_A' failed");
        Assert.Equal("; its last words: node 'SECRET_LAYER_OF_CLIENT_A' failed", words.ToString());
        string mark = words.Begin();
        Assert.Equal("", words.ToString());
        // What was written before may arrive after the next request has begun.
        words.Hear("shape of 'SECRET_LAYER_OF_CLIENT_A'");
        words.Hear(mark);
        words.Hear("node 'mine' failed");
        Assert.Equal("; its last words: node 'mine' failed", words.ToString());
    }

    [Fact]
    public void A_worker_that_dies_before_its_mark_has_no_words()
    {
        words.Begin();
        words.Hear("whoever said this");
        Assert.Equal("", words.ToString());
    }

    [Fact]
    public void The_newest_lines_are_kept()
    {
        words.Hear(words.Begin());
        for (int i = 0; i < 20; i++)
            words.Hear($" line {i} ");
        words.Hear(null);
        words.Hear("  ");
        Assert.StartsWith("; its last words: line 10 line 11 ", words.ToString(), StringComparison.Ordinal);
        words.Hear(new string('x', 1000));
        Assert.Equal("; its last words: ...".Length + 400, words.ToString().Length);
    }
}
