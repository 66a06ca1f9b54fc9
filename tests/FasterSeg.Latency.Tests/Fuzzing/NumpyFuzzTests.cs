using System.Text;
using FasterSeg.Fuzzing;
using FasterSeg.Latency.Tables;
using FasterSeg.Latency.Tests.Tables;

namespace FasterSeg.Latency.Tests.Fuzzing;

/// <summary>Whatever a NumPy file holds, it is read or refused with a sentence, and nothing in it is executed.</summary>
public sealed class NumpyFuzzTests
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "cnumpy.core.multiarray\n_reconstruct\n",
            "cnumpy\nndarray\n",
            "cnumpy\ndtype\n",
            "c_codecs\nencode\n",
            "cos\nsystem\n",
            "ff_H8_W16_C24",
            "conv h8 w16 c16-24 s1",
            "cnumpy.core.multiarray\nscalar\n",
            "cnumpy._core.multiarray\nscalar\n",
            "ccollections\nOrderedDict\n",
            "h\0",
            "h\u0001",
            "j\u0001\0\0\0",
            "s",
            "e",
            "M\u0001\u0001",
            "U\u0001a",
            "C\u00081234567\0",
            "(",
            ")",
            "]",
            "}",
            "u",
            "t",
            "a",
            "b",
            "R",
            "N",
            ".",
            "K\0",
            "X\0\0\0\0",
            "\n",
        }.Select(Encoding.Latin1.GetBytes),
        [0x80, 2],
        [0x80, 5],
        [0x93],
        [0x94],
        [0x94, 0x94],
        [0x95, 1, 0, 0, 0, 0, 0, 0, 0],
        [0x8a, 2, 1, 1],
        [0x8c, 1, 97],
        [0x8e, 0, 0, 0, 0, 0, 0, 0, 1],
        [0x88],
        [0x85],
        [0x86],
        [0x87],
        [0x89],
        [(byte)'X', 0xff, 0xff, 0xff, 0x7f],
        [(byte)'X', 0xff, 0xff, 0xff, 0xff],
        [(byte)'r', 0xff, 0xff, 0xff, 0x7f],
        [(byte)'G', 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
        [(byte)'G', 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        [(byte)'J', 0, 0, 0, 0x80],
        PickleFile.Item("skip h8 w16 c16-16 s1", 0),
    ];

    [Fact]
    public void Any_file_is_read_or_refused()
    {
        byte[] two = PickleFile.Of(("ff_H8_W16_C24", 0.25), ("head_H8_W16_Cin24_Cout11", 1.5));
        byte[] scalars = ModernPickle.Npy(
            ModernPickle.Table("numpy._core", ("ff_H8_W16_C24", ModernPickle.Scalar("f8", "<", BitConverter.GetBytes(0.25))))
        );
        byte[] many = PickleFile.Of([.. Enumerable.Range(1, 50).Select(i => ($"ff_H8_W16_C{i}", i / 8.0))]);
        var mutator = new ByteMutator([two, two, many, PickleFile.Of(), scalars, scalars[PickleFile.Header("{}").Length..]], Words);
        FuzzRun.Over(
            ".npy",
            FuzzRun.Count(4000),
            random => Deep(random) ?? mutator.Next(random),
            input =>
            {
                try
                {
                    _ = LatencyTableImport.Parse(input, "t.npy");
                    return "read";
                }
                catch (UserErrorException)
                {
                    return "refused";
                }
            },
            bytes => (1 << 20) + (300L * bytes)
        );
    }

    /// <summary>Now and then one opcode over and over: deep stacks, wide dictionaries, values of values.</summary>
    private static byte[]? Deep(Random random)
    {
        if (random.Next(200) != 0)
            return null;
        byte[] unit = Words[random.Next(Words.Length)];
        byte[] items = [.. Enumerable.Repeat(unit, random.Next(1, 200_000 / unit.Length)).SelectMany(each => each)];
        return [.. PickleFile.Header("{'descr': '|O', 'fortran_order': False, 'shape': (), }"), .. PickleFile.Body(items)];
    }
}
