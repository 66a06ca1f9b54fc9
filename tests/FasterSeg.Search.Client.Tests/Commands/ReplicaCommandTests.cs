using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>train</c> on several devices.</summary>
public sealed class ReplicaCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ReplicaCommandTests()
    {
        FasterSegOptions options = TinySearch.Options();
        options.Pretrain.Epochs = options.Searching.Epochs = options.Training.Epochs = 1;
        options.Searching.ValidationImages = 1;
        options.Training.Batch = 4;
        ConfigurationLoader.Save(options, folder["c.json"]);
        LatencyTableJson.Save(TinySpace.Table(options.Space.ToSpace()), folder["t.json"]);
    }

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_several_devices_cannot_do_is_refused_before_anything_is_written()
    {
        await SearchAsync();
        string[] before = [.. Directory.GetFiles(Run).Order(StringComparer.Ordinal)];
        foreach (
            var (devices, set, why) in new[]
            {
                ("cpu,cpu,cpu", "threads=1", "training:batch is 4, which does not divide over 3 replicas"),
                ("cpu,cpu,cpu", "training:accumulation=2", "does not divide over 3 replicas with training:accumulation=2"),
                ("cpu,cpu,cpu,cpu", "threads=1", "each of 4 replicas would normalize over one image"),
                ("cpu,gpu", "threads=1", "--device gpu is not known: use cpu, cuda or cuda:N."),
                ("cpu,", "threads=1", "is not known: use cpu, cuda or cuda:N."),
            }
        )
        {
            var (code, _, error) = await Shell.RunAsync(Train("--device", devices, "--set", set));
            Assert.Equal(ExitCodes.WrongUsage, code);
            Assert.Contains(why, error, StringComparison.Ordinal);
            Assert.Single(error.Trim().Split('\n'));
        }
        Assert.Equal(before, Directory.GetFiles(Run).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_interrupted_training_on_several_devices_names_them_and_goes_on()
    {
        await SearchAsync();
        using var console = new TestConsole();
        console.Profile.Width = 400;
        using var error = new StringWriter();
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<int> training = CommandLine.RunAsync(
            Train("--device", "cpu,cpu", "--set", "training:epochs=1000"),
            console,
            error,
            interruption.Token
        );
        while (!File.Exists(Path.Combine(Run, "teacher.checkpoint")) && !training.IsCompleted)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        interruption.Cancel();
        Assert.Equal(ExitCodes.Interrupted, await training);
        Assert.Equal(
            $"Interrupted. Go on with:\n  fasterseg train --run {Run} --role teacher --data synthetic --device cpu,cpu --resume",
            error.ToString().Trim()
        );
        Assert.Contains(
            "train_teacher: 2 replicas (cpu, cpu), each with 2 images of a batch's 4.",
            console.Output,
            StringComparison.Ordinal
        );
        var (code, output, refused) = await Shell.RunAsync(Train("--resume"));
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("began with 2 replicas, and this command has 1", refused, StringComparison.Ordinal);
        (code, output, refused) = await Shell.RunAsync(Train("--device", "cpu,cpu", "--resume", "--set", "training:epochs=1"));
        Assert.True(code == ExitCodes.Done, output + refused);
    }

    private string[] Train(params string[] more) => ["train", "--run", Run, "--role", "teacher", "--data", "synthetic", .. more];

    private async Task SearchAsync()
    {
        var (code, output, error) = await Shell.RunAsync(TinyCommand.Search(folder, Run));
        Assert.True(code == ExitCodes.Done, output + error);
    }
}
