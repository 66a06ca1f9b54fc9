using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FasterSeg.Latency;

/// <summary>Tells whether two paths lead to one file, through links, hard links and, where the file system has it so, letters of either
/// case.</summary>
public static partial class FileIdentity
{
    // struct statx of Linux, which is the same on every processor; see statx(2).
    private const int Size = 256,
        Mode = 28,
        Inode = 32,
        Major = 136,
        Minor = 140;
    private const int FromWorkingDirectory = -100;
    private const uint BasicFields = 0x7ff;
    private const int TypeBits = 0xf000,
        Regular = 0x8000;

    /// <summary>A text that is the same for every path to a file; null where there is nothing.</summary>
    public static string? Of(string path)
    {
        if (Statx(path) is { } facts)
            return FormattableString.Invariant(
                $"{Number(facts, Major)}:{Number(facts, Minor)}:{BinaryPrimitives.ReadUInt64LittleEndian(facts.AsSpan(Inode))}"
            );
        return ByPath(path);
    }

    /// <summary>The same where the system is not asked: hard links are not known, and a path without case stands for its file.</summary>
    internal static string? ByPath(string path) => Path.Exists(path) ? WithoutLinks(Path.GetFullPath(path)).ToUpperInvariant() : null;

    /// <summary>Whether something other than a file's bytes is at a path, e.g. a device or a pipe, which a rename would remove.</summary>
    public static bool IsSpecial(string path) =>
        Statx(path) is { } facts && (BinaryPrimitives.ReadUInt16LittleEndian(facts.AsSpan(Mode)) & TypeBits) != Regular;

    private static uint Number(byte[] facts, int at) => BinaryPrimitives.ReadUInt32LittleEndian(facts.AsSpan(at));

    private static byte[]? Statx(string path)
    {
        if (!OperatingSystem.IsLinux() || !BitConverter.IsLittleEndian)
            return null;
        var facts = new byte[Size];
        try
        {
            return Statx(FromWorkingDirectory, path, 0, BasicFields, facts) == 0 ? facts : null;
        }
        catch (EntryPointNotFoundException)
        {
            // An old or small libc.
            return null;
        }
    }

    /// <summary>The path with every link in it, also of a folder, replaced by what it leads to.</summary>
    private static string WithoutLinks(string full)
    {
        string? folder = Path.GetDirectoryName(full);
        if (folder is null)
            return full;
        string at = Path.Combine(WithoutLinks(folder), Path.GetFileName(full));
        FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
        return entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? at;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] facts);
}
