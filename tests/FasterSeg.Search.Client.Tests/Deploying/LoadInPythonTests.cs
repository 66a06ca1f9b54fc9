using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Deploying;

/// <summary><c>export --safetensors</c>, and examples/python/load.py with it.</summary>
public sealed class LoadInPythonTests : IDisposable
{
    private static readonly string Examples = Path.Combine(RepositoryRoot.Path, "examples", "python");

    private readonly ExportedRun bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task The_module_that_python_builds_has_the_networks_logits()
    {
        await OutsideProgram.RequirePythonAsync("torch", "numpy");
        await bench.ExportAsync("--safetensors", bench["n.safetensors"]);
        const int Height = 96,
            Width = 160;
        var random = new SplitMix64(3);
        float[] image = [.. Enumerable.Range(0, 2 * 3 * Height * Width).Select(_ => (float)random.NextGaussian())];
        File.WriteAllBytes(bench["image.f32"], MemoryMarshal.AsBytes<float>(image).ToArray());
        await OutsideProgram.RunAsync(
            OutsideProgram.Python,
            [
                "-c",
                "import sys, numpy, torch; sys.path.insert(0, sys.argv[1]); from load import load\n"
                    + "network, _ = load(sys.argv[2])\n"
                    + FormattableString.Invariant(
                        $"x = torch.from_numpy(numpy.fromfile(sys.argv[3], numpy.float32).reshape(2, 3, {Height}, {Width}))\n"
                    )
                    + "with torch.no_grad(): network(x).numpy().tofile(sys.argv[4])",
                Examples,
                bench["n.safetensors"],
                bench["image.f32"],
                bench["logits.f32"],
            ],
            bench.Path
        );
        float[] found = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(bench["logits.f32"])).ToArray(),
            wanted = Logits(image, Height, Width);

        Assert.Equal(wanted.Length, found.Length);
        double scale = wanted.Max(value => (double)MathF.Abs(value));
        Assert.True(scale > 0);
        Assert.InRange(wanted.Zip(found, (one, two) => Math.Abs((double)one - two)).Max() / scale, 0, 1e-4);
    }

    [Fact]
    public async Task The_example_says_what_it_loaded()
    {
        await OutsideProgram.RequirePythonAsync("torch");
        await bench.ExportAsync("--safetensors", bench["n.safetensors"]);
        string said = await OutsideProgram.RunAsync(
            OutsideProgram.Python,
            [Path.Combine(Examples, "load.py"), bench["n.safetensors"]],
            bench.Path
        );
        using DerivedNetwork network = new TrainingCheckpoint(bench.Run.TrainingCheckpoint(Latency.Networks.Role.Student)).LoadNetwork(
            torch.CPU,
            out _
        );
        Assert.Equal(FormattableString.Invariant($"{network.ParameterCount} parameters of a student"), said.Trim());
    }

    /// <summary>Without Python: the file is what the format says, and every name in its plan is a tensor of it.</summary>
    [Fact]
    public async Task The_file_is_safetensors_and_names_all_that_its_plan_needs()
    {
        await bench.ExportAsync("--safetensors", bench["n.safetensors"]);
        byte[] file = File.ReadAllBytes(bench["n.safetensors"]);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, length));
        JsonElement root = header.RootElement;
        long end = 0;
        foreach (JsonProperty tensor in root.EnumerateObject().Where(member => member.Name != "__metadata__"))
        {
            Assert.Equal("F32", tensor.Value.GetProperty("dtype").GetString());
            long[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            Assert.Equal(end, offsets[0]);
            end = offsets[1];
            Assert.Equal(
                offsets[1] - offsets[0],
                4 * tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, side) => product * side.GetInt64())
            );
        }
        Assert.Equal(file.Length, 8 + length + end);
        JsonElement metadata = root.GetProperty("__metadata__");
        Assert.Equal("1", metadata.GetProperty("fasterseg.format").GetString());
        using JsonDocument plan = JsonDocument.Parse(metadata.GetProperty("fasterseg.plan").GetString()!);
        string[] needed =
        [
            .. from part in plan.RootElement.EnumerateArray()
            from each in part.GetProperty("convolutions").EnumerateArray()
            from name in new[] { each.GetProperty("weight").GetString(), each.GetProperty("norm").GetString() }
            where name is not null
            select name + ".weight",
        ];
        Assert.NotEmpty(needed);
        Assert.All(needed, name => Assert.True(root.TryGetProperty(name, out _), name));
    }

    private float[] Logits(float[] image, int height, int width)
    {
        using IDisposable scope = torch.NewDisposeScope(),
            frozen = torch.no_grad();
        using DerivedNetwork network = new TrainingCheckpoint(bench.Run.TrainingCheckpoint(Latency.Networks.Role.Student)).LoadNetwork(
            torch.CPU,
            out _
        );
        network.eval();
        return network.forward(torch.tensor(image, [2, 3, height, width])).contiguous().data<float>().ToArray();
    }
}
