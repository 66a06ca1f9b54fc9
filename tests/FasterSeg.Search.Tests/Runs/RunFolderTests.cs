using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

public sealed class RunFolderTests
{
    [Fact]
    public void Evaluations_of_a_role_that_is_trained_anew_are_set_aside()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Create(folder.Path);
        folder.Write("eval-student-val.json", "new");
        folder.Write("eval-student-val.old.json", "older");
        folder.Write("eval-student-val-96x128.json", "at another size");
        folder.Write("eval-teacher-val.json", "teacher");

        Assert.Equal(
            [folder["eval-student-val-96x128.old.json"], folder["eval-student-val.old.json"]],
            run.SetEvaluationsAside(Role.Student)
        );

        Assert.Equal("new", File.ReadAllText(folder["eval-student-val.old.json"]));
        Assert.False(File.Exists(run.Evaluation(Role.Student, "val")));
        Assert.Equal("teacher", File.ReadAllText(run.Evaluation(Role.Teacher, "val")));
        Assert.Empty(run.SetEvaluationsAside(Role.Student));
    }
}
