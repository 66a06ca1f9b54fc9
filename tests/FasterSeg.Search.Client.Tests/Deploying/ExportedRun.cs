using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Tests.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Deploying;

/// <summary>A run with a student whose weights were drawn and whose norms have seen something, and the files that are exported of
/// it.</summary>
internal sealed class ExportedRun : IDisposable
{
    private const int Draw = 4;
    private readonly TemporaryFolder folder = new();

    /// <param name="classes">Keep the classes in the run, as a training does.</param>
    public ExportedRun(bool classes = true)
    {
        Options = TinySearch.Options();
        Run = RunFolder.Create(folder["run"]);
        LatencyTableJson.Save(TinySpace.Table(Options.Space.ToSpace()), Run.Table);
        ConfigurationLoader.Save(Options, Run.Configuration);
        DerivedArchitecture architecture = MadeRuns.Network(Draw);
        DerivedArchitectureJson.Save(architecture, Run.Architecture(Role.Student));
        torch.manual_seed(1);
        using var network = new DerivedNetwork(architecture, auxiliary: true);
        using (torch.NewDisposeScope())
        using (torch.no_grad())
        {
            // Statistics and scales that are none of a new norm's, so that whoever forgets one is found out.
            foreach (var (name, tensor) in network.CheckpointTensors().Where(named => named.Tensor.dim() == 1))
            {
                if (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal))
                    tensor.uniform_(0.5, 1.5);
                else
                    tensor.uniform_(-0.5, 0.5);
            }
        }
        using var optimizer = torch.optim.SGD(network.parameters(), 0.1);
        new TrainingCheckpoint(Run.TrainingCheckpoint(Role.Student)).Save(network, optimizer, new BatchPosition(2, 0));
        if (classes)
            ClassList.Of(TinySearch.Data(Options)).Save(Run.Classes);
    }

    public FasterSegOptions Options { get; }

    public RunFolder Run { get; }

    public string this[string name] => folder[name];

    public string Path => folder.Path;

    /// <summary>Exports, which must go well, and returns what was printed.</summary>
    public async Task<string> ExportAsync(params string[] more)
    {
        var (code, output, error) = await Shell.RunAsync(["export", "--run", Run.Path, "--role", "student", .. more]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        return output;
    }

    /// <summary>Writes a picture in which every pixel is another colour.</summary>
    public string Picture(string name, int height, int width)
    {
        var random = new StableRandom(7);
        var image = new RgbImage(height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(256);
        ImageFile.WritePng(folder[name], image);
        return folder[name];
    }

    public void Dispose() => folder.Dispose();
}
