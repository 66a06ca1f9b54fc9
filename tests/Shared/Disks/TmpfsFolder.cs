using System.Diagnostics;

namespace FasterSeg.Tests.Disks;

/// <summary>A folder on a small disk of its own, which can be filled; gone when it is disposed of. It needs the right to mount.</summary>
internal sealed class TmpfsFolder : IDisposable
{
    private readonly string filler,
        fillers;

    private TmpfsFolder(string path) =>
        (Path, filler, fillers) = (path, System.IO.Path.Combine(path, "filler"), System.IO.Path.Combine(path, "fillers"));

    public string Path { get; }

    /// <summary>Makes one; null where this user may not.</summary>
    /// <param name="mebibytes">What it holds.</param>
    /// <param name="files">How many files and folders it holds; 0 is enough for all.</param>
    public static TmpfsFolder? TryMake(int mebibytes, int files = 0)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return null;
        string path = Directory.CreateTempSubdirectory("fasterseg-tmpfs-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", FormattableString.Invariant($"size={mebibytes}m,nr_inodes={files}"), "tmpfs", path))
            return new(path);
        Directory.Delete(path);
        return null;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using FileStream file = File.Open(filler, FileMode.Append);
        // Large blocks are quick, and the last room is smaller than one of them.
        foreach (byte[] block in new[] { new byte[1 << 20], new byte[1 << 12] })
        {
            try
            {
                while (true)
                {
                    file.Write(block);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    /// <summary>Leaves no room for another file.</summary>
    public void FillWithFiles()
    {
        try
        {
            Directory.CreateDirectory(fillers);
            for (int at = 0; ; at++)
                File.Create(System.IO.Path.Combine(fillers, FormattableString.Invariant($"{at}"))).Dispose();
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Empty()
    {
        File.Delete(filler);
        if (Directory.Exists(fillers))
            Directory.Delete(fillers, recursive: true);
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
