using System.Buffers.Binary;
using System.Reflection.PortableExecutable;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>What a program or library was compiled for, by what is in it and not by its name.</summary>
internal static class NativeFile
{
    private const int MachineOffset = 18,
        X64 = 62,
        Arm64 = 183;

    /// <summary>The platform, as .NET names it; null for a file that runs anywhere or not at all.</summary>
    public static string? PlatformOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[MachineOffset + sizeof(ushort)];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            return null;
        if (head.AsSpan().StartsWith("\u007fELF"u8))
            return "linux-" + Name(BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(MachineOffset)));
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) is 0xFEEDFACF or 0xBEBAFECA)
            return "osx";
        if (!head.AsSpan().StartsWith("MZ"u8))
            return null;
        file.Position = 0;
        using var image = new PEReader(file);
        // .NET's own assemblies have a processor's code too, but are read everywhere.
        return image.HasMetadata
            ? null
            : "win-"
                + image.PEHeaders.CoffHeader.Machine switch
                {
                    Machine.Amd64 => "x64",
                    Machine.Arm64 => "arm64",
                    var other => other.ToString(),
                };
    }

    private static string Name(ushort machine) =>
        machine switch
        {
            X64 => "x64",
            Arm64 => "arm64",
            _ => machine.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
}
