namespace FasterSeg.Search.Client.Tests;

/// <summary>What some editors, and PowerShell, write before UTF-8.</summary>
internal static class ByteOrderMark
{
    /// <summary>Puts one before a file's text.</summary>
    public static void PutBefore(string path) => File.WriteAllBytes(path, [0xef, 0xbb, 0xbf, .. File.ReadAllBytes(path)]);
}
