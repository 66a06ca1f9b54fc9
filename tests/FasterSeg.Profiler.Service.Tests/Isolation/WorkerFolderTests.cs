using FasterSeg.Profiler.Service.Isolation;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class WorkerFolderTests
{
    [Fact]
    public void A_folder_that_nobody_holds_is_swept_and_one_in_use_is_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody can tell.");
        using WorkerFolder used = WorkerFolder.Make();
        string left = Directory.CreateTempSubdirectory(WorkerFolder.Prefix).FullName;
        File.WriteAllText(Path.Combine(left, "model.onnx"), "x");
        WorkerFolder.Sweep();
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(used.Path));
        used.Dispose();
        Assert.False(Directory.Exists(used.Path));
    }

    [Fact]
    public void A_folder_for_temporary_files_that_takes_them_is_no_fault() => Assert.Null(WorkerFolder.Fault());
}
