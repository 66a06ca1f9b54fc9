using System.Diagnostics;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests;

/// <summary>What stands in a file's place and is none.</summary>
public sealed class UserFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Named_pipe_is_refused_and_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are made in another way there.");
        string pipe = folder["p.json"];
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
            mkfifo.WaitForExit();
        // Held open, so that a reader that opens it all the same fails and does not hang.
        using FileStream writer = new(pipe, FileMode.Open, FileAccess.ReadWrite);
        foreach (
            Action read in new Action[]
            {
                () => UserFile.Read(pipe, 9),
                () => UserFile.Start(pipe, 9),
                () => UserJson.Read(pipe, 9),
                () => LatencyTableImport.Load(pipe),
                () => LatencyTableJson.Load(pipe),
            }
        )
            Assert.Equal(
                $"'{pipe}' is a device or a pipe and no file: name a file, or write its content into one first.",
                Assert.Throws<UserErrorException>(read).Message
            );
    }

    [Fact]
    public void Device_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/zero.");
        Assert.Contains(
            "is a device or a pipe and no file",
            Assert.Throws<UserErrorException>(() => UserFile.Start("/dev/zero", 9)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Folder_is_refused_as_one()
    {
        string path = Path.GetDirectoryName(folder["a"])!;
        Assert.Equal($"'{path}' is a folder: name a file.", Assert.Throws<UserErrorException>(() => UserFile.Read(path, 9)).Message);
    }

    [Fact]
    public void Name_that_is_no_utf8_is_told_as_that()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there only.");
        using (var touch = Process.Start("sh", ["-c", "printf x > \"$0/$(printf 'f\\374.png')\"", Path.GetDirectoryName(folder["a"])!]))
            touch.WaitForExit();
        string listed = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(folder["a"])!));
        string message = Assert.Throws<UsageException>(() => UserFile.Read(listed, 9)).Message;
        // .NET could not remove it either.
        using (var rm = Process.Start("sh", ["-c", "rm \"$0\"/*", Path.GetDirectoryName(listed)!]))
            rm.WaitForExit();
        Assert.Equal($"'{listed}' has bytes in its name that are no UTF-8, so it cannot be opened: rename it.", message);
    }

    [Fact]
    public void Failure_to_write_names_the_output_and_not_the_file_beside()
    {
        string path = folder["o.png"];
        string message = Assert
            .Throws<UserErrorException>(() =>
                AtomicFile.Write(path, stream => throw new IOException($"No space left on device : '{((FileStream)stream).Name}'"))
            )
            .Message;
        Assert.Equal($"{path} cannot be written: No space left on device : '{path}'. Free space or name another place.", message);
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void Place_that_cannot_be_written_is_told_by_the_outputs_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        string message = Assert.Throws<UsageException>(() => OutputFile.Check("/proc/o.png")).Message;
        Assert.Matches("^No file can be written to '/proc/o.png': [^/]*'/proc/o.png'[^/]*$", message);
    }
}
