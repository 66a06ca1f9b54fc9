using System.Globalization;
using System.Text;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>A run's scalars, whatever became of their file.</summary>
public sealed class ScalarFileTests : IDisposable
{
    private const string Header = "phase,epoch,step,name,value\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void They_are_read_by_phase_and_name_and_a_row_that_was_cut_off_is_left_out()
    {
        ScalarFile file = Read(
            "search,0,0,loss,3\nsearch,0,1,loss,2.5\nsearch,0,1,weight,0.1\nsearch,1,0,loss,2\ntrain,0,0,loss,9\nsearch,1,1,lo"
        );
        Assert.Equal([("search", "loss"), ("search", "weight"), ("train", "loss")], file.Series.Select(s => (s.Phase, s.Name)));
        Assert.Equal([0.5, 1, 1.5], file.Series[0].Epochs);
        Assert.Equal([3, 2.5, 2], file.Series[0].Values);
        Assert.Equal((3, 1), (file.Steps["search"], file.Steps["train"]));
        Assert.Null(file.LeftOut);
        Assert.Empty(ScalarFile.Read(folder["none.csv"]).Series);
    }

    [Fact]
    public void Very_many_values_are_the_means_of_neighbours_between_their_extremes_and_the_last_is_kept()
    {
        const int Count = 100_000;
        var text = new StringBuilder();
        for (int i = 0; i < Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"search,{i / 100},{i % 100},loss,{(i % 2 == 0 ? i : -i)}\n");
        ScalarSeries series = Assert.Single(Read(text.ToString()).Series);
        Assert.InRange(series.Values.Count, 1024, 2048);
        Assert.Equal(1 - Count, series.Last);
        Assert.Equal((1 - Count, Count - 2), (series.Lows.Min(), series.Highs.Max()));
        // 64 neighbours each: they lie in the middle of their steps, and a mean of pairs i, -(i + 1) is -1/2.
        Assert.Equal((63 / 2.0 / 100) + 0.01, series.Epochs[0], 9);
        Assert.All(series.Values, value => Assert.Equal(-0.5, value, 9));
        Assert.Equal(series.Epochs.Order(), series.Epochs);
    }

    [Fact]
    public void A_row_without_an_end_takes_no_room_and_those_around_it_are_read()
    {
        string path = folder["scalars.csv"];
        using (var file = new FileStream(path, FileMode.Create))
        {
            file.Write("phase,epoch,step,name,value\nsearch,0,0,loss,3\n"u8);
            // A hole, of which the disk holds nothing.
            file.Position = 64 << 20;
            file.Write("\nsearch,0,1,loss,2\n"u8);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        ScalarFile read = ScalarFile.Read(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal([3, 2], Assert.Single(read.Series).Values);
        Assert.Contains("rows that are far too long", read.LeftOut, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_huge_file_the_end_is_read_and_the_rest_told()
    {
        string path = folder.Write(
            "scalars.csv",
            Header + string.Concat(Enumerable.Repeat("search,0,0,loss,3\n", 1000)) + "search,0,1,loss,2\n"
        );
        ScalarFile read = ScalarFile.Read(path, mostBytes: 100);
        // What is left of the row at the beginning is none.
        Assert.Equal([3, 3, 3, 3, 2], Assert.Single(read.Series).Values);
        Assert.Contains($"Of {path} these curves leave out its first 0", read.LeftOut, StringComparison.Ordinal);
    }

    [Fact]
    public void More_scalars_than_a_page_can_hold_are_told()
    {
        ScalarFile read = Read(string.Concat(Enumerable.Range(0, 1000).Select(i => $"search,0,0,n{i},3\n")));
        Assert.Equal(ScalarFile.MostSeries, read.Series.Count);
        Assert.Contains("all scalars but the first 400", read.LeftOut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("search,0,0,loss,NaN")]
    [InlineData("search,-1,0,loss,1")]
    [InlineData("search,0,99999999999,loss,1")]
    [InlineData("search,0,0,loss,1,2")]
    [InlineData("\0\0\0\0")]
    public void What_is_no_row_is_left_out(string row) =>
        Assert.Equal([3, 2], Assert.Single(Read($"search,0,0,loss,3\n{row}\nsearch,0,1,loss,2\r\n").Series).Values);

    [Fact]
    public void Figures_beyond_all_measure_stay_finite()
    {
        ScalarSeries series = Assert.Single(
            Read(string.Concat(Enumerable.Repeat("search,2147483647,2147483647,loss,1.7e308\n", 5000))).Series
        );
        Assert.All(series.Values.Concat(series.Epochs).Concat(series.Lows).Concat(series.Highs), value =>
            Assert.True(double.IsFinite(value))
        );
    }

    private ScalarFile Read(string rows) => ScalarFile.Read(folder.Write("scalars.csv", Header + rows));
}
