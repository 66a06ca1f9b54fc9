using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Students whose trainings begin with the shared weights of their search (<c>training:start</c>).</summary>
[Collection(nameof(TorchGenerator))]
public sealed class TrainFromSharedTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FasterSegOptions options = TinySearch.WithSharedWeights();

    public TrainFromSharedTests()
    {
        options.Searching.Method = SearchMethod.Oneshot;
        // So that what a training ends with is what it began with.
        (options.Training.LearningRate, options.Training.WeightDecay, options.Training.DistillationWeight) = (1e-12, 0, 0);
        ConfigurationLoader.Save(options, folder["c.json"]);
        LatencyTableJson.Save(TinySpace.Table(options.Space.ToSpace()), folder["t.json"]);
    }

    private RunFolder Run => RunFolder.Open(folder["run"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_student_begins_with_its_slices_in_the_searchs_folder_and_in_a_derived_one()
    {
        await SearchAsync();
        using ScoringWeights weights = ScoringWeights.Load(Run, options);
        await TrainAsync(Run, "student", "shared");
        AssertBegan(Run, weights, wanted: true);

        await DoneAsync("derive", "--run", Run.Path, "--data", "synthetic", "--out", folder["derived"]);
        RunFolder derived = RunFolder.Open(folder["derived"]);
        Assert.False(derived.SearchCheckpoint.Exists);
        await TrainAsync(derived, "student", "shared");
        AssertBegan(derived, weights, wanted: true);

        RunFolder scratch = RunFolder.Open(await DerivedAsync("scratch"));
        await TrainAsync(scratch, "student", "scratch");
        AssertBegan(scratch, weights, wanted: false);
    }

    [Fact]
    public async Task An_interrupted_one_goes_on_at_its_checkpoint_and_not_at_the_beginning()
    {
        await SearchAsync();
        string twice = await DerivedAsync("twice");
        await RatedAsync(Run.Path);
        await RatedAsync(twice, "--set", "training:epochs=1");
        string all = FormattableString.Invariant($"training:epochs={options.Training.Epochs}");
        await DoneAsync("train", "--run", twice, "--role", "student", "--data", "synthetic", "--resume", "--set", all);
        using DerivedNetwork one = TrainedNetwork.Load(Run, Role.Student, CPU, out _),
            other = TrainedNetwork.Load(RunFolder.Open(twice), Role.Student, CPU, out _);
        Assert.All(one.state_dict().Values.Zip(other.state_dict().Values), pair => Assert.Equal(pair.First, pair.Second));
    }

    private static Task RatedAsync(string run, params string[] more) =>
        DoneAsync([.. Train(RunFolder.Open(run), "student", "shared"), "--set", "training:learningRate=0.02", .. more]);

    [Fact]
    public async Task One_that_goes_on_cannot_begin_otherwise_and_the_report_says_with_what_it_began()
    {
        await SearchAsync();
        await DoneAsync([.. Train(Run, "student", "shared"), "--set", "training:epochs=1"]);
        var (code, _, error) = await Shell.RunAsync(
            width: 500,
            [.. Train(Run, "student", "scratch"), "--resume", "--set", "training:epochs=2"]
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("training:start is shared and cannot become scratch", error, StringComparison.Ordinal);
        string page = folder["report.html"];
        await DoneAsync("report", "--run", Run.Path, "--out", page);
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.Contains("without a teacher, from the shared weights", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_teacher_begins_anew_and_a_run_without_shared_weights_says_so()
    {
        await SearchAsync();
        string other = await DerivedAsync("other");
        await TrainAsync(Run, "teacher", "shared");
        await TrainAsync(RunFolder.Open(other), "teacher", "scratch");
        using (
            DerivedNetwork one = TrainedNetwork.Load(Run, Role.Teacher, CPU, out _),
                another = TrainedNetwork.Load(RunFolder.Open(other), Role.Teacher, CPU, out _)
        )
            Assert.All(one.state_dict().Values.Zip(another.state_dict().Values), pair => Assert.Equal(pair.First, pair.Second));

        RunFolder bare = RunFolder.Open(other);
        File.Delete(bare.StartingWeights.Path);
        var (code, _, error) = await Shell.RunAsync(width: 500, Train(bare, "student", "shared"));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(
            $"training:start is shared, and {other} has no shared weights: train in the folder",
            error,
            StringComparison.Ordinal
        );
        Assert.False(bare.TrainingCheckpoint(Role.Student).Exists);
        Assert.False(File.Exists(bare.TrainingConfiguration(Role.Student)));

        // Another student in its place has no weights there.
        RunFolder changed = RunFolder.Open(await DerivedAsync("changed"));
        DerivedArchitecture student = DerivedArchitectureJson.Load(changed.Architecture(Role.Student));
        DerivedArchitecture swapped = Enumerable
            .Range(1, 20)
            .Select(seed => RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, seed))
            .First(network => !network.Equals(student));
        DerivedArchitectureJson.Save(swapped, changed.Architecture(Role.Student));
        (code, _, error) = await Shell.RunAsync(width: 500, Train(changed, "student", "shared"));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("has the weights of another network: derive the student anew", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("differentiable"), InlineData("random")]
    public void Other_searches_have_no_shared_weights(string method)
    {
        string message = Assert
            .Throws<UsageException>(() =>
                ConfigurationLoader.Load(folder["c.json"], [$"searching:method={method}", "training:start=shared"])
            )
            .Message;
        Assert.Contains(
            $"training:start is shared, and a search of searching:method={method} has no shared weights",
            message,
            StringComparison.Ordinal
        );
    }

    private void AssertBegan(RunFolder run, ScoringWeights weights, bool wanted)
    {
        using DerivedNetwork trained = TrainedNetwork.Load(run, Role.Student, CPU, out _),
            slices = weights.Extract(DerivedArchitectureJson.Load(run.Architecture(Role.Student)));
        // Statistics of batch norms are those of the batches since.
        Dictionary<string, Tensor> own = trained.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter as Tensor);
        bool[] same = [.. slices.named_parameters().Select(pair => own[pair.name].allclose(pair.parameter, rtol: 1e-5, atol: 1e-6))];
        Assert.Equal(wanted, same.All(each => each));
    }

    private Task SearchAsync() =>
        DoneAsync("search", "--config", folder["c.json"], "--data", "synthetic", "--lut", folder["t.json"], "--out", folder["run"]);

    private async Task<string> DerivedAsync(string name)
    {
        await DoneAsync("derive", "--run", Run.Path, "--data", "synthetic", "--out", folder[name]);
        return folder[name];
    }

    private static Task<string> TrainAsync(RunFolder run, string role, string start) => DoneAsync(Train(run, role, start));

    private static string[] Train(RunFolder run, string role, string start) =>
        ["train", "--run", run.Path, "--role", role, "--data", "synthetic", "--set", $"training:start={start}"];

    private static async Task<string> DoneAsync(params string[] command)
    {
        var (code, output, error) = await Shell.RunAsync(width: 500, command);
        Assert.True(code == ExitCodes.Done, error + output);
        return output;
    }
}
