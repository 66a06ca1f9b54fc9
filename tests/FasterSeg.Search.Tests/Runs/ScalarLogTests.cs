using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

public sealed class ScalarLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_goes_on_keeps_other_phases_and_what_was_before_it_and_drops_what_is_no_row()
    {
        File.WriteAllText(
            folder["s.csv"],
            "phase,epoch,step,name,value\np,0,1,loss,3\npp,9,9,loss,2\np,1,0,loss,1.5\np,1,1,loss,1\np,2,0,loss,0\np,1,x,loss,1\np,1\n"
        );
        using (var log = new ScalarLog(folder["s.csv"], "p", new BatchPosition(1, 1)))
            log.Add("p", new BatchPosition(1, 1), "loss", 0.5);
        Assert.Equal(
            "phase,epoch,step,name,value\np,0,1,loss,3\npp,9,9,loss,2\np,1,0,loss,1.5\np,1,1,loss,0.5\n",
            File.ReadAllText(folder["s.csv"])
        );
    }

    [Fact]
    public void A_long_log_is_not_held_as_a_whole_when_its_phase_goes_on()
    {
        const int Rows = 200_000;
        File.WriteAllLines(
            folder["s.csv"],
            Enumerable
                .Range(0, Rows)
                .Select(i => FormattableString.Invariant($"p,{i / 100},{i % 100},loss_of_student,0.12345"))
                .Prepend("head")
        );
        long size = new FileInfo(folder["s.csv"]).Length,
            before = GC.GetAllocatedBytesForCurrentThread();
        new ScalarLog(folder["s.csv"], "p", new BatchPosition(Rows, 0)).Dispose();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // A row is a string of two bytes a letter and its head; texts of all rows, and of their cells, would be as much again and more.
        Assert.InRange(allocated, 0, 4 * size);
        Assert.Equal(Rows + 1, File.ReadLines(folder["s.csv"]).Count());
    }
}
