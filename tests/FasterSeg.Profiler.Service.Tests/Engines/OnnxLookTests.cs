using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class OnnxLookTests
{
    private readonly ModelProto model = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1);

    [Theory]
    [InlineData(1), InlineData(7), InlineData(100_000)]
    public void A_whole_model_passes_however_it_comes(int chunk)
    {
        var look = new OnnxLook();
        foreach (byte[] part in model.ToByteArray().Chunk(chunk))
            look.Read(part);
        look.End();
    }

    [Fact]
    public void A_model_that_ends_before_its_end_is_refused_wherever_it_is_cut()
    {
        byte[] whole = model.ToByteArray();
        // Behind the graph there may be fields that a model can do without.
        int end = whole.Length - new ModelProto { OpsetImport = { model.OpsetImport } }.CalculateSize();
        for (int length = 0; length < end; length += 1 + (end / 300))
            Assert.Throws<UnusableModelException>(() => Look(whole[..length]));
    }

    [Fact]
    public void Nodes_are_counted_and_not_parsed()
    {
        // A graph of eight million empty nodes: 800 MB, once it is parsed.
        byte[] bomb = Bomb(16 << 20, [0x0a, 0x00]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<UnusableModelException>(() => Look(bomb));
        Assert.Contains($"more than {OnnxUpload.MostNodes} nodes", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Fields_of_every_kind_are_counted()
    {
        // Values without a name, dims of a tensor, entries without a key, and fields that nobody knows.
        foreach (byte[] field in new byte[][] { [0x5a, 0x00], [0x2a, 0x02, 0x08, 0x01], [0x2a, 0x02, 0x6a, 0x00], [0xf8, 0x01, 0x00] })
        {
            var refusal = Assert.Throws<UnusableModelException>(() => Look(Bomb(16 << 20, field)));
            Assert.Contains($"more than {OnnxLook.MostFields} fields", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(22), InlineData(23)]
    public void Sparse_weights_are_found_wherever_and_however_often_they_stand(int field)
    {
        byte[] attribute = [(byte)((field << 3) | 2 | 0x80), (byte)(field >> 4), 0x00];
        model.Graph.Node[0].Attribute.Add(AttributeProto.Parser.ParseFrom(new byte[] { 0x0a, 0x01, (byte)'a' }));
        byte[] node = [0x2a, (byte)(2 * attribute.Length), .. attribute, .. attribute];
        byte[] graph = [0x0a, (byte)node.Length, .. node];
        Assert.Contains(
            "sparse weights",
            Assert.Throws<UnusableModelException>(() => Look([0x3a, (byte)graph.Length, .. graph])).Message,
            StringComparison.Ordinal
        );
    }

    private static void Look(byte[] bytes)
    {
        var look = new OnnxLook();
        look.Read(bytes);
        look.End();
    }

    /// <summary>A model with a graph that consists of one field, again and again.</summary>
    private static byte[] Bomb(int bytes, byte[] field)
    {
        int content = bytes / field.Length * field.Length;
        using var file = new MemoryStream();
        using (var output = new CodedOutputStream(file, leaveOpen: true))
        {
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteLength(content);
        }
        for (int at = 0; at < content; at += field.Length)
            file.Write(field);
        return file.ToArray();
    }
}
