using System.Text;

namespace FasterSeg.Latency.Tests;

public sealed class FileKindTests
{
    public static TheoryData<byte[], string?> Kinds =>
        new()
        {
            { [0x93, .. "NUMPY"u8], FileKind.Numpy },
            { Zip("arr_0.npy"), FileKind.NumpyArchive },
            { Zip("archive/data.pkl"), FileKind.Torch },
            { Zip("arch_1/data.pkl"), FileKind.Torch },
            { Zip("images/a.png"), "a zip archive" },
            { [(byte)'P', (byte)'K', 3, 4], "a zip archive" },
            { [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e], FileKind.Torch },
            { [0x80, 4, 0x95], FileKind.Pickle },
            { "(dp0\n"u8.ToArray(), "a Python pickle of protocol 0 or 1" },
            { "}q\0("u8.ToArray(), FileKind.OldPickle },
            { "(lp0\n"u8.ToArray(), FileKind.OldPickle },
            { "(dVa\n"u8.ToArray(), FileKind.OldPickle },
            { "cnumpy.core.multiarray\n_reconstruct\n"u8.ToArray(), FileKind.OldPickle },
            { "ccollections\nOrderedDict\n"u8.ToArray(), FileKind.OldPickle },
            { [(byte)'P', (byte)'K', 5, 6, .. new byte[18]], FileKind.EmptyArchive },
            { [22, .. "FasterSeg checkpoint 1"u8], FileKind.Checkpoint },
            { [0x08, 0x08, 0x12, 0x07], FileKind.Onnx },
            { "{}"u8.ToArray(), null },
            { [0xef, 0xbb, 0xbf, (byte)'{'], null },
            { [], null },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kind_is_told_by_the_first_bytes(byte[] bytes, string? kind) => Assert.Equal(kind, FileKind.Of(bytes));

    [Theory]
    [InlineData("{\"a\": 1}", "n.onnx is JSON, and an ONNX network was expected: name the .onnx file.")]
    [InlineData("\n<!DOCTYPE html>", "n.onnx is XML or a web page, and an ONNX network was expected: name the .onnx file.")]
    [InlineData(
        "\u0080\u0002\u008a",
        "n.onnx is a Python pickle, and an ONNX network was expected: write one with torch.onnx.export, or a run's with 'fasterseg export'."
    )]
    [InlineData("PK\u0003\u0004", "n.onnx is a zip archive, and an ONNX network was expected: name the .onnx file.")]
    public void WhatIsNoNetwork_IsRefusedByItsKind(string bytes, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => FileKind.RequireOnnx(Encoding.Latin1.GetBytes(bytes), "n.onnx")).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\u0008\u0007\u0012\u0001a")]
    [InlineData("\u0001\u0002")]
    [InlineData("bytes")]
    public void Unknown_bytes_are_left_to_their_reader(string bytes) => FileKind.RequireOnnx(Encoding.Latin1.GetBytes(bytes), "n.onnx");

    private static byte[] Zip(string first) =>
        [(byte)'P', (byte)'K', 3, 4, .. new byte[22], (byte)first.Length, 0, 0, 0, .. Encoding.Latin1.GetBytes(first), 1, 2, 3];
}
