using System.Text;
using CsCheck;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class NumpyTableReaderTests
{
    private static readonly byte[] Valid = PickleFile.Of(("ff_H8_W16_C24", 0.25), ("head_H8_W16_Cin24_Cout11", 1.5));

    private static readonly byte[] ValidHeader = PickleFile.Header("{'descr': '|O', 'fortran_order': False, 'shape': (), }");

    [Fact]
    public void Dictionary_is_read_in_its_order() =>
        Assert.Equal(
            [KeyValuePair.Create("ff_H8_W16_C24", 0.25), KeyValuePair.Create("head_H8_W16_Cin24_Cout11", 1.5)],
            NumpyTableReader.Read(Valid, "T.npy")
        );

    [Fact]
    public void Published_file_has_its_latencies()
    {
        byte[] file = File.ReadAllBytes(SharedFolder.Authors("latency_lookup_table.npy"));

        IReadOnlyList<KeyValuePair<string, double>> latencies = NumpyTableReader.Read(file, "T.npy");

        Assert.Equal(667, latencies.Count);
        Assert.Equal("ConvNorm_H64_W128_Cin192_Cout96_kernel1_stride1", latencies[0].Key);
        Assert.Equal("BasicResidual_downup_2x_H128_W256_Cin64_Cout160_stride2_dilation1", latencies[^1].Key);
        Assert.All(latencies, latency => Assert.InRange(latency.Value, 0.02, 3));
    }

    [Theory]
    [InlineData("cos\nsystem\n", "the Python name 'os system'")]
    [InlineData("cbuiltins\neval\n", "the Python name 'builtins eval'")]
    [InlineData("cnumpy\nload\n", "the Python name 'numpy load'")]
    [InlineData("cposix\nsystem\n", "the Python name 'posix system'")]
    [InlineData("cnumpy.core.multiarray\nfromfile\n", "the Python name 'numpy.core.multiarray fromfile'")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093", "the Python name 'os system'")] // STACK_GLOBAL
    [InlineData("h\u00c8", "it fetches a value that it has not remembered")] // BINGET
    [InlineData("h\0", "a dictionary has a key without a value")]
    [InlineData("\u0080\u0006", "its pickle protocol is 6 and none from 2 to 5")]
    [InlineData("\u0080\u0001", "its pickle protocol is 1 and none from 2 to 5")]
    [InlineData("\u008a\u0009123456789", "a whole number is larger than any latency")] // LONG1
    [InlineData("\u0081", "opcode 0x81")] // NEWOBJ
    [InlineData("\u0092", "opcode 0x92")] // NEWOBJ_EX
    [InlineData("\u0082\u0001", "opcode 0x82")] // EXT1
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f", "opcode 0x8B")] // LONG4
    [InlineData("\u0097", "opcode 0x97")] // NEXT_BUFFER
    [InlineData("\u008f", "opcode 0x8F")] // EMPTY_SET
    [InlineData("i__main__\nC\n", "opcode 0x69")] // INST
    [InlineData("o", "opcode 0x6F")] // OBJ
    [InlineData("Q", "opcode 0x51")] // BINPERSID
    [InlineData("I1\n", "opcode 0x49")] // INT
    [InlineData("\0", "opcode 0x00")]
    [InlineData("u", "a list of values has no beginning")]
    [InlineData("R", "a value is missing")]
    [InlineData("KaKb", "a dictionary has a key that is no text")]
    public void Anything_else_is_refused_by_name(string opcodes, string named)
    {
        byte[] items = Encoding.Latin1.GetBytes(opcodes);
        // A stray "u" must find no mark at all, the others stand where the dictionary's items do.
        byte[] file = opcodes == "u" ? [.. ValidHeader, 0x80, 2, .. items] : [.. ValidHeader, .. PickleFile.Body(items)];

        UserErrorException error = Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(file, "T.npy"));

        Assert.StartsWith("T.npy: this is not the NumPy file of a latency table (", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (), }")]
    [InlineData("{'descr': '|O', 'shape': (), }")]
    public void Other_arrays_are_refused(string header) =>
        Assert.Contains(
            "its header does not describe one Python object",
            Assert
                .Throws<UserErrorException>(() => NumpyTableReader.Read([.. PickleFile.Header(header), .. PickleFile.Body([])], "T.npy"))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': True, 'shape': (), }")]
    [InlineData("{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '|O4', 'fortran_order': False, 'shape': (1L,), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }")]
    public void Array_of_one_object_is_read_however_its_header_says_so(string header) =>
        Assert.Equal(
            [KeyValuePair.Create("ff_H8_W16_C24", 0.25)],
            NumpyTableReader.Read([.. PickleFile.Header(header), .. PickleFile.Body(PickleFile.Item("ff_H8_W16_C24", 0.25))], "T.npy")
        );

    [Fact]
    public void Duplicate_name_is_refused() =>
        Assert.Contains(
            "the key 'ff_H8_W16_C24' occurs a second time",
            Assert
                .Throws<UserErrorException>(() => NumpyTableReader.Read(PickleFile.Of(("ff_H8_W16_C24", 1), ("ff_H8_W16_C24", 2)), "T.npy"))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\u007f")] // BINUNICODE
    [InlineData("T\u00ff\u00ff\u00ff\u00ff")] // BINSTRING
    [InlineData("B\u00ff\u00ff\u00ff\u00ff")] // BINBYTES
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")] // BINUNICODE8
    [InlineData("\u008e\0\0\0\0\u0001\0\0\0")] // BINBYTES8
    [InlineData("\u0096\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")] // BYTEARRAY8
    public void Text_that_claims_gigabytes_is_refused_before_it_is_read(string opcodes)
    {
        byte[] file = [.. ValidHeader, .. PickleFile.Body(Encoding.Latin1.GetBytes(opcodes))];
        Assert.Contains(
            "longer than any name",
            Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(file, "T.npy")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Endless_marks_are_refused()
    {
        byte[] file = [.. ValidHeader, 0x80, 2, .. Enumerable.Repeat((byte)'(', 1_000_000)];
        Assert.Contains(
            "nests more values",
            Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(file, "T.npy")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Endless_steps_are_refused()
    {
        // A tuple of a tuple of a tuple: the stack stays low.
        byte[] file = [.. ValidHeader, 0x80, 2, (byte)'N', .. Enumerable.Repeat((byte)0x85, 2_000_000)];
        Assert.Contains(
            "more steps",
            Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(file, "T.npy")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Assert.All(Enumerable.Range(0, Valid.Length), length =>
            Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(Valid.AsSpan(0, length), "T.npy"))
        );

    [Fact]
    public void Bytes_after_the_end_are_refused() => Assert.Throws<UserErrorException>(() => NumpyTableReader.Read([.. Valid, 0], "T.npy"));

    /// <summary>Whatever is written into the file, it is read as a table or refused with a sentence.</summary>
    [Fact]
    public void Random_edits_never_crash() =>
        Gen.Select(Gen.Int[0, Valid.Length - 1], Gen.Int[0, 8], Gen.Byte.Array[0, 8])
            .Sample(
                (at, removed, inserted) =>
                {
                    byte[] edited = [.. Valid[..at], .. inserted, .. Valid[Math.Min(Valid.Length, at + removed)..]];
                    try
                    {
                        Assert.NotNull(NumpyTableReader.Read(edited, "T.npy"));
                    }
                    catch (UserErrorException refused)
                    {
                        Assert.StartsWith("T.npy: ", refused.Message, StringComparison.Ordinal);
                    }
                },
                iter: 20_000
            );
}
