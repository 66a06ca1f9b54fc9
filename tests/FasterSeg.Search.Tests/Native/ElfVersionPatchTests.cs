using System.Text;
using FasterSeg.Search.Native;
using Xunit;

namespace FasterSeg.Search.Tests.Native;

/// <summary>The edit that makes TorchSharp's library loadable with an older libstdc++.</summary>
public sealed class ElfVersionPatchTests
{
    private const string Asked = "GLIBCXX_3.4.32",
        Symbol = "_ZSt21ios_base_library_initv";

    [Fact]
    public void Anything_else_is_left_untouched()
    {
        foreach (byte[] image in new[] { [], "no library"u8.ToArray(), File.ReadAllBytes(typeof(ElfVersionPatch).Assembly.Location) })
        {
            byte[] before = [.. image];
            Assert.False(ElfVersionPatch.TryApply(image));
            Assert.Equal(before, image);
        }
    }

    [Fact]
    public void A_truncated_library_is_left_untouched()
    {
        byte[] image = Library();
        byte[] half = image[..(image.Length / 2)];
        byte[] before = [.. half];
        Assert.False(ElfVersionPatch.TryApply(half));
        Assert.Equal(before, half);
    }

    [Fact]
    public void TorchSharps_library_asks_for_the_new_version_before_and_for_nothing_newer_after()
    {
        byte[] image = Library();
        byte[] before = [.. image];
        Assert.Contains(Asked, Text(image), StringComparison.Ordinal);
        int symbols = Count(image);
        Assert.True(ElfVersionPatch.TryApply(image));
        Assert.Equal(before.Length, image.Length);
        // The dynamic name is gone; debuggers' copy of it in the static symbol table, which no loader reads, may stay.
        Assert.Equal(symbols - 1, Count(image));
        // A name, one version index, one hash and one offset: everything else stays.
        Assert.InRange(before.Zip(image).Count(pair => pair.First != pair.Second), 1, Symbol.Length + 2 + 4 + 4);
        // Patched once, it no longer asks.
        Assert.False(ElfVersionPatch.TryApply(image));
    }

    private static byte[] Library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has ELF libraries.");
        string[] found = Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories);
        return File.ReadAllBytes(Assert.Single(found));
    }

    private static int Count(byte[] image) => Text(image).Split('\0' + Symbol + '\0').Length - 1;

    private static string Text(byte[] image) => Encoding.Latin1.GetString(image);
}
