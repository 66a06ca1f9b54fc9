using System.IO.Compression;
using System.Text;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

/// <summary>A table made with the released code, on whatever NumPy, Python 3 and pickle protocol.</summary>
public sealed class NumpyVersionsTests
{
    private const string Name = "ff_H8_W16_C24";

    [Theory]
    [InlineData("proto2.npy")]
    [InlineData("proto3.npy")]
    [InlineData("proto4.npy")]
    [InlineData("proto5.npy")]
    [InlineData("resaved_numpy124_proto3.npy")]
    [InlineData("shape1.npy")]
    [InlineData("v2header.npy")]
    [InlineData("table.npz")]
    [InlineData("plain_dict.pkl")]
    public void Published_table_of_any_numpy_is_the_same_table(string file)
    {
        LatencyTable expected = LatencyTableImport.Load(Case("authors.npy"));

        LatencyTable read = LatencyTableImport.Load(Case(file));

        Assert.Equal(667, read.Entries.Count);
        Assert.Equal(LatencyTableJson.HashOf(expected), LatencyTableJson.HashOf(read));
    }

    [Fact]
    public void Whole_number_is_a_latency()
    {
        LatencyTable expected = LatencyTableImport.Load(Case("authors.npy")),
            read = LatencyTableImport.Load(Case("ints.npy"));

        LatencyEntry changed = Assert.Single(read.Entries, entry => entry.MedianMs != expected[entry.Spec]);
        Assert.Equal(1, changed.MedianMs);
    }

    [Fact]
    public void Array_of_numbers_is_refused_as_without_names() =>
        Assert.Contains(
            "it holds an array of shape (667,) and type >f4, so numbers without the names of their operators",
            Assert.Throws<UserErrorException>(() => LatencyTableImport.Load(Case("float_array.npy"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("numpy.core")]
    [InlineData("numpy._core")]
    public void Numpy2s_names_are_those_of_numpy1(string core) =>
        Assert.Equal(
            [KeyValuePair.Create(Name, 0.25)],
            NumpyTableReader.Read(ModernPickle.Npy(ModernPickle.Table(core, (Name, Scalar(0.25)))), "T.npy")
        );

    public static TheoryData<string, string, byte[], double> Scalars =>
        new()
        {
            { "f8", "<", BitConverter.GetBytes(0.25), 0.25 },
            { "f8", ">", [0x3f, 0xd0, 0, 0, 0, 0, 0, 0], 0.25 },
            { "f4", "<", BitConverter.GetBytes(0.25f), 0.25 },
            { "f2", "<", BitConverter.GetBytes((Half)0.25), 0.25 },
            { "i8", "<", BitConverter.GetBytes(3L), 3 },
            { "i8", ">", [0, 0, 0, 0, 0, 0, 0, 3], 3 },
            { "i4", "<", BitConverter.GetBytes(-3), -3 },
            { "u1", "|", [200], 200 },
        };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Numpy_scalar_is_its_number(string type, string order, byte[] bytes, double number) =>
        Assert.Equal(
            [KeyValuePair.Create(Name, number)],
            NumpyTableReader.Read(
                ModernPickle.Npy(ModernPickle.Table("numpy.core", (Name, ModernPickle.Scalar(type, order, bytes)))),
                "T.npy"
            )
        );

    [Theory]
    [InlineData("f8", "1234567")]
    [InlineData("f16", "1234567890123456")]
    [InlineData("b1", "1")]
    [InlineData("U1", "1234")]
    [InlineData("O8", "12345678")]
    public void Scalar_of_another_type_is_no_latency(string type, string bytes) =>
        Refused(
            $"the latency of '{Name}' is no number",
            ModernPickle.Npy(ModernPickle.Table("numpy.core", (Name, ModernPickle.Scalar(type, "<", Encoding.Latin1.GetBytes(bytes)))))
        );

    [Fact]
    public void Array_of_one_number_is_its_number() =>
        Assert.Equal(
            [KeyValuePair.Create("a", 0.25), KeyValuePair.Create("b", 0.5)],
            NumpyTableReader.Read(
                ModernPickle.Npy(
                    ModernPickle.Table(
                        "numpy.core",
                        ("a", ModernPickle.Array("f8", "<", [], BitConverter.GetBytes(0.25))),
                        ("b", ModernPickle.Array("f8", "<", [1], BitConverter.GetBytes(0.5)))
                    )
                ),
                "T.npy"
            )
        );

    [Fact]
    public void Array_of_more_numbers_is_no_latency() =>
        Refused(
            "the latency of 'a' is no number",
            ModernPickle.Npy(ModernPickle.Table("numpy.core", ("a", ModernPickle.Array("f8", "<", [2], new byte[16]))))
        );

    [Theory]
    [InlineData(new byte[] { 0x88 })]
    [InlineData(new byte[] { (byte)'N' })]
    [InlineData(new byte[] { 0x8c, 1, (byte)'1' })]
    [InlineData(new byte[] { (byte)']' })]
    public void What_is_no_number_is_refused_by_its_name(byte[] value) =>
        Refused($"the latency of '{Name}' is no number", ModernPickle.Npy(ModernPickle.Table("numpy.core", (Name, value))));

    [Theory]
    [InlineData(12, "its array is packed with bzip2, which is not read; write it with numpy.savez or numpy.savez_compressed")]
    [InlineData(14, "packed with LZMA")]
    [InlineData(99, "packed with method 99")]
    public void Archive_packed_in_another_way_is_told_as_that(byte method, string expected)
    {
        byte[] archive = [(byte)'P', (byte)'K', 3, 4, .. new byte[22], 5, 0, 0, 0, .. "a.npy"u8, 1, 2, 3];
        archive[8] = method;
        Refused(expected, archive);
    }

    [Theory]
    [InlineData("PK\u0003\u0004", "T.pt is a torch file (.pt or .pth), and a latency table (JSON; ")]
    [InlineData("PK\u0005\u0006", "T.pt is an archive (.npz or .zip) without files, and a latency table")]
    [InlineData("(dp0\n", "T.pt is a Python pickle of protocol 0 or 1, and a latency table")]
    public void File_of_another_kind_is_called_by_its_name(string start, string expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(start);
        if (bytes[2] == 3)
            bytes = [.. bytes, .. new byte[22], 16, 0, 0, 0, .. "archive/data.pkl"u8];
        Assert.StartsWith(
            expected,
            Assert.Throws<UserErrorException>(() => LatencyTableImport.Parse(bytes, "T.pt")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Long_integer_is_read() =>
        Assert.Equal(
            [KeyValuePair.Create(Name, -2.0)],
            NumpyTableReader.Read(ModernPickle.Npy(ModernPickle.Table("numpy.core", (Name, [0x8a, 1, 0xfe]))), "T.npy")
        );

    [Fact]
    public void Value_that_is_fetched_twice_is_read_twice()
    {
        // The first number is remembered as 20 and fetched for the second name.
        byte[] first = [(byte)'G', 0x3f, 0xd0, 0, 0, 0, 0, 0, 0, (byte)'q', 20],
            second = [(byte)'h', 20];
        Assert.Equal(
            [KeyValuePair.Create("a", 0.25), KeyValuePair.Create("b", 0.25)],
            NumpyTableReader.Read(ModernPickle.Framed(ModernPickle.Dictionary(("a", first), ("b", second))), "T.pkl")
        );
    }

    [Fact]
    public void Ordered_dictionary_is_a_dictionary()
    {
        byte[] pickle = [0x80, 2, .. "ccollections\nOrderedDict\n)R"u8, .. "U\u0001a"u8, .. "K\u0003s."u8];
        Assert.Equal([KeyValuePair.Create("a", 3.0)], NumpyTableReader.Read(pickle, "T.pkl"));
    }

    [Fact]
    public void Endless_memo_is_bounded() =>
        Refused("it has more steps than any table", [0x80, 4, (byte)'N', .. Enumerable.Repeat((byte)0x94, 2_000_000), (byte)'.']);

    [Fact]
    public void Archive_of_several_arrays_is_refused() =>
        Refused("it is an archive of 2 arrays, the first is a.npy", Archive(("a.npy", new byte[8]), ("b.npy", new byte[8])));

    [Fact]
    public void Packed_array_is_unpacked() =>
        Assert.Equal(
            [KeyValuePair.Create(Name, 0.25)],
            NumpyTableReader.Read(Archive(("arr_0.npy", PickleFile.Of((Name, 0.25)))), "T.npz")
        );

    [Fact]
    public void Archive_that_unpacks_to_gigabytes_is_refused() =>
        Refused("it unpacks to more than any table has", Archive(("arr_0.npy", new byte[LatencyTableJson.LargestFile + 1])));

    [Fact]
    public void Every_truncated_archive_is_refused()
    {
        byte[] whole = Archive(("arr_0.npy", PickleFile.Of((Name, 0.25))));
        Assert.All(Enumerable.Range(0, whole.Length), length =>
            Assert.Throws<UserErrorException>(() => LatencyTableImport.Parse(whole.AsMemory(0, length), "T.npz"))
        );
    }

    [Fact]
    public void Table_of_numpy_where_ours_is_needed_is_told_how_to_import()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["t.npy"], PickleFile.Of((Name, 0.25)));
        Assert.Contains(
            "t.npy is a NumPy file (.npy) and no table of this program yet: make one of it with:\n  fasterseg lut import",
            Assert.Throws<UserErrorException>(() => LatencyTableJson.Load(folder["t.npy"])).Message,
            StringComparison.Ordinal
        );
    }

    private static byte[] Scalar(double value) => ModernPickle.Scalar("f8", "<", BitConverter.GetBytes(value));

    private static void Refused(string why, byte[] file) =>
        Assert.Contains(why, Assert.Throws<UserErrorException>(() => NumpyTableReader.Read(file, "T")).Message, StringComparison.Ordinal);

    private static byte[] Archive(params (string Name, byte[] Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using Stream file = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                file.Write(content);
            }
        }
        return bytes.ToArray();
    }

    private static string Case(string file) => SharedFolder.Case("npy", file);
}
