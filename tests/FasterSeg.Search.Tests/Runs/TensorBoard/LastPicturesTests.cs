using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Runs.TensorBoard;
using Xunit;

namespace FasterSeg.Search.Tests.Runs.TensorBoard;

/// <summary>The newest pictures of a run, in a bounded room.</summary>
public sealed class LastPicturesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_very_many_kinds_some_are_kept_each_with_its_newest_and_that_there_are_more_is_told()
    {
        var run = RunFolder.Create(folder["run"]);
        var last = new LastPictures(run);
        using var log = new EventLog(run.Events("search"), default, 3);
        log.AddImage(new BatchPosition(0, 0), "kind 0", new RgbImage(2, 3));
        Assert.Equal((1, false), (last.Read().Count, last.HasMore));
        for (int kind = 0; kind < 2 * LastPictures.Most; kind++)
            log.AddImage(new BatchPosition(0, 1), $"kind {kind}", new RgbImage(2, 3));
        log.AddImage(new BatchPosition(1, 0), "kind 0", new RgbImage(2, 4));
        IReadOnlyList<LoggedPicture> pictures = last.Read();
        Assert.Equal((LastPictures.Most, true), (pictures.Count, last.HasMore));
        Assert.Equal(3, Assert.Single(pictures, picture => picture.Tag == "kind 0").Step);
    }
}
