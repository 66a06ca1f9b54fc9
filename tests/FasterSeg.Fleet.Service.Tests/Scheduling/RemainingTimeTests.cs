using FasterSeg.Fleet.Service.Scheduling;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

/// <summary>How long a job still takes, as its watchers are told.</summary>
public sealed class RemainingTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_said_before_as_many_came_as_a_stint_has()
    {
        var remaining = new RemainingTime();
        remaining.Note(0, Start);
        // Engines are loaded and cards compared before the first comes.
        for (int done = 1; done <= 25; done++)
        {
            remaining.Note(done, Start.AddSeconds(300 + done));
            Assert.Equal(0, remaining.SecondsOf(200));
        }
        remaining.Note(26, Start.AddSeconds(326));
        Assert.Equal(174, remaining.SecondsOf(200), 6);
    }

    [Fact]
    public void A_pause_does_not_count()
    {
        var remaining = new RemainingTime();
        for (int done = 0; done <= 50; done++)
            remaining.Note(done, Start.AddSeconds(done));
        Assert.Equal(150, remaining.SecondsOf(200), 6);
        DateTimeOffset later = Start.AddHours(8);
        for (int done = 51; done <= 80; done++)
            remaining.Note(done, later.AddSeconds(2 * done));
        Assert.Equal(240, remaining.SecondsOf(200), 6);
    }

    [Fact]
    public void What_was_there_before_came_at_no_pace_and_a_job_that_begins_anew_has_none()
    {
        var remaining = new RemainingTime();
        remaining.Note(100, Start);
        remaining.Note(100, Start.AddSeconds(5));
        Assert.Equal(0, remaining.SecondsOf(200));
        for (int done = 101; done <= 130; done++)
            remaining.Note(done, Start.AddSeconds(done));
        Assert.Equal(70, remaining.SecondsOf(200), 6);
        remaining.Note(0, Start.AddSeconds(131));
        Assert.Equal(0, remaining.SecondsOf(200));
    }

    [Fact]
    public void A_small_job_needs_a_quarter()
    {
        var remaining = new RemainingTime();
        for (int done = 0; done <= 3; done++)
            remaining.Note(done, Start.AddSeconds(done));
        Assert.Equal(5, remaining.SecondsOf(8), 6);
    }
}
