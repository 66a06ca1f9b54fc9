using FasterSeg.Operators;
using FasterSeg.Operators.Spaces;
using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Running;
using FasterSeg.Search.Client.Searching;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Tests.Searching;

/// <summary>A whole search, and one that is stopped and goes on.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SearchResumeTests
{
    [Theory]
    [InlineData("pretrain", 2), InlineData("pretrain", 6), InlineData("search", 2), InlineData("search", 5)]
    public void An_interrupted_search_ends_like_one_that_was_not(string phase, int step)
    {
        using var folder = new TemporaryFolder();
        RunFolder whole = Run(folder["whole"]), halves = RunFolder.Create(folder["halves"]);

        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter((task, done) => { if (task == phase && done == step) cancel.Cancel(); });
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, stopping, resume: false, cancel: cancel));
        Assert.False(File.Exists(halves.Parameters));
        Start(halves, new ListeningReporter(), resume: true);

        foreach (string file in new[] { "parameters.json", "search.json", "student.json", "teacher.json", "scalars.csv" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
    }

    [Fact]
    public void A_search_writes_both_networks_and_why_they_won()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = Run(folder["run"]);
        DerivedArchitecture teacher = DerivedArchitectureJson.Load(run.Architecture(Role.Teacher)), student = DerivedArchitectureJson.Load(run.Architecture(Role.Student));
        Assert.Equal((Role.Teacher, Role.Student), (teacher.Role, student.Role));
        Assert.Equal(4, System.Text.Json.JsonDocument.Parse(File.ReadAllText(run.In("search.json"))).RootElement.GetArrayLength());

        string[] rows = File.ReadAllLines(run.Scalars);
        foreach (string name in new[] { "student_entropy_alpha", "student_entropy_beta", "student_entropy_gamma", "latency_weight", "student_estimate_32_8_ms" })
            Assert.Equal(2, rows.Count(row => row.Contains("," + name + ",", StringComparison.Ordinal)));
        Assert.Equal(6, rows.Count(row => row.StartsWith("pretrain,", StringComparison.Ordinal) && row.Contains(",loss,", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_checkpoint_of_another_space_is_refused_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = Run(folder["run"]);
        FasterSegOptions other = TinySearch.Options();
        other.Space.Fch = 8;
        string message = Assert.Throws<UserErrorException>(() => Start(run, new ListeningReporter(), resume: true, options: other)).Message;
        Assert.Contains("search.checkpoint", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = Run(folder["run"]);
        byte[] bytes = File.ReadAllBytes(run.SearchCheckpoint.Path);
        File.WriteAllBytes(run.SearchCheckpoint.Path, bytes[..(bytes.Length * 2 / 3)]);
        string message = Assert.Throws<UserErrorException>(() => Start(run, new ListeningReporter(), resume: true)).Message;
        Assert.Contains("is damaged", message, StringComparison.Ordinal);
    }

    private static RunFolder Run(string path)
    {
        RunFolder run = RunFolder.Create(path);
        Start(run, new ListeningReporter(), resume: false);
        return run;
    }

    private static void Start(RunFolder run, ListeningReporter reporter, bool resume, FasterSegOptions? options = null, CancellationTokenSource? cancel = null)
    {
        options ??= TinySearch.Options();
        SearchSpace space = options.Space.ToSpace();
        using var search = new SupernetSearch(options, TinySearch.Data(options), TinySearch.Table(space),
            LatencyTarget.Parse(options.Searching.Target), run, CPU, reporter);
        if (resume) search.Resume();
        search.Run(cancel?.Token ?? TestContext.Current.CancellationToken);
    }
}
