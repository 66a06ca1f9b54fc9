using FasterSeg.Latency;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>Two searches or trainings in one run at once would erase each other's scalars.</summary>
public sealed class RunLockTests
{
    [Fact]
    public void The_second_phase_that_writes_to_a_run_is_refused_and_nothing_of_the_first_is_lost()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        using (ScalarLog first = ScalarLog.Open(run, "train_teacher", default, 1))
        {
            first.Add("train_teacher", new BatchPosition(0, 0), "loss", 1);
            string message = Assert.Throws<UserErrorException>(() => ScalarLog.Open(run, "train_student", default, 1)).Message;
            Assert.StartsWith(
                FormattableString.Invariant(
                    $"Another search or training uses {run.Path} already ({run.Lock} is held by process {Environment.ProcessId} on "
                ),
                message,
                StringComparison.Ordinal
            );
            first.Add("train_teacher", new BatchPosition(1, 0), "loss", 2);
        }
        // The next one after the first has ended is let in, and keeps what it left.
        using (ScalarLog second = ScalarLog.Open(run, "train_student", default, 1))
            second.Add("train_student", new BatchPosition(0, 0), "loss", 3);
        Assert.Equal(
            ["phase,epoch,step,name,value", "train_teacher,0,0,loss,1", "train_teacher,1,0,loss,2", "train_student,0,0,loss,3"],
            File.ReadLines(run.Scalars)
        );
    }

    [Fact]
    public void A_log_that_cannot_be_opened_leaves_no_lock_behind()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder["run"]);
        Directory.CreateDirectory(run.Scalars);
        Assert.ThrowsAny<Exception>(() => ScalarLog.Open(run, "search", default, 1));
        Directory.Delete(run.Scalars);
        ScalarLog.Open(run, "search", default, 1).Dispose();
    }
}
