using FasterSeg.Latency;
using FasterSeg.Search.Sweeps;
using Xunit;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>The order, the retries and the sharing of chains; how their commands end is made up.</summary>
public sealed class SweepRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ListeningReporter reporter = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3, "No profiler answers", true)]
    [InlineData(1, "x.json: No space left on device", true)]
    [InlineData(1, "Another profiler measures on this device already (device.lock is held by process 5)", true)]
    [InlineData(2, "x.json: No space left on device", false)]
    [InlineData(1, "The loss is not finite", false)]
    public void What_may_pass_is_waited_for(int code, string failure, bool expected) =>
        Assert.Equal(expected, new StageEnd(code, failure).MayPass);

    [Fact]
    public async Task Each_stage_of_each_chain_is_run_once_in_order_and_never_again()
    {
        SweepFolder sweep = MadeSweep.Write(folder, seeds: 2);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Assert.Empty(await RunAsync(sweep, ends, workers: 3));
        Assert.Equal(18, ends.Commands.Count);
        Assert.All(sweep.Sweep.Chains, chain =>
            Assert.Equal(
                ["search", "teacher", "student"],
                ends.Commands.Where(command => MadeEnds.Is(command, chain.Name))
                    .Select(command => command[0] == "search" ? "search" : command[4])
            )
        );
        Assert.Empty(await RunAsync(sweep, ends, workers: 3));
        Assert.Equal(18, ends.Commands.Count);
        Assert.All(SweepStatus.Of(sweep).Chains, chain => Assert.Equal(ChainWork.Done, chain.Work));
    }

    [Fact]
    public async Task A_stage_that_fails_is_tried_as_often_as_the_plan_says_and_the_other_chains_go_on()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds(
            (command, _) =>
                MadeEnds.Is(command, "joint-seed1") && MadeEnds.Is(command, "teacher") ? new(137, "")
                : MadeEnds.Is(command, "random-seed1") && command[0] == "search" ? new(1, "The images are gone.")
                : MadeEnds.Well
        );
        Assert.Equal(
            [
                "joint-seed1: teacher: its process was ended from outside (code 137), perhaps since memory ran out.",
                "random-seed1: search: The images are gone.",
            ],
            (await RunAsync(sweep, ends)).Order()
        );
        Assert.Equal(3, ends.Count("joint-seed1", "teacher"));
        Assert.Equal(3, ends.Count("random-seed1"));
        Assert.Equal(3, ends.Count("searched-seed1"));
        Assert.Contains("random-seed1: search failed: The images are gone. It is tried again (1 of 2).", reporter.Lines);
        ChainState state = ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[1]));
        Assert.Equal(
            (3, 3, false),
            (state[SweepStage.Teacher].Attempts, state[SweepStage.Teacher].Failures, state[SweepStage.Teacher].Done)
        );
        Assert.Equal(ChainWork.Failed, SweepStatus.Of(sweep).Chains[1].Work);

        // Who starts it again wants it tried again, with as many retries; attempts are counted on.
        Assert.Equal(2, (await RunAsync(sweep, ends)).Count);
        Assert.Equal(6, ends.Count("joint-seed1", "teacher"));
        Assert.Equal(1, ends.Count("joint-seed1", "search"));
        Assert.Equal(6, ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[1]))[SweepStage.Teacher].Attempts);
    }

    [Fact]
    public async Task A_chain_whose_run_was_taken_away_begins_anew()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Assert.Empty(await RunAsync(sweep, ends));
        Directory.Delete(sweep.RunOf(sweep.Sweep.Chains[0]), recursive: true);
        Assert.Equal(ChainWork.Waiting, SweepStatus.Of(sweep).Chains[0].Work);
        Assert.Empty(await RunAsync(sweep, ends));
        Assert.Contains(reporter.Lines, line => line.StartsWith("searched-seed1: its run", StringComparison.Ordinal));
        Assert.Equal(2, ends.Count("searched-seed1", "search"));
        Assert.Equal(1, ends.Count("joint-seed1", "search"));
    }

    [Fact]
    public async Task What_lies_where_a_run_is_to_be_is_put_aside_and_not_deleted()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        string run = sweep.RunOf(sweep.Sweep.Chains[0]),
            begun = sweep.RunOf(sweep.Sweep.Chains[1]);
        foreach (string path in new[] { Path.Combine(run, "notes.txt"), Path.Combine(begun, "run.lock") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "mine");
        }
        Assert.Empty(await RunAsync(sweep, new MadeEnds((_, _) => MadeEnds.Well)));
        Assert.Equal(
            "mine",
            await File.ReadAllTextAsync(Path.Combine(run + ".aside-1", "notes.txt"), TestContext.Current.CancellationToken)
        );
        Assert.Contains(reporter.Lines, line =>
            line.StartsWith("searched-seed1: " + run + " held files and no run", StringComparison.Ordinal)
        );
        Assert.False(Directory.Exists(begun + ".aside-1"));
        Assert.False(File.Exists(Path.Combine(begun, "run.lock")));
    }

    [Fact]
    public async Task A_folder_that_takes_no_lock_is_told_and_not_waited_for()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        File.WriteAllText(sweep.In("chains"), "a file");
        UserErrorException fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(sweep, new MadeEnds((_, _) => MadeEnds.Well))
        );
        Assert.Contains("cannot be made", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_with_nothing_in_it_is_that_chains_fault_alone()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        Directory.CreateDirectory(sweep.In("chains"));
        await File.WriteAllTextAsync(
            sweep.StateOf(sweep.Sweep.Chains[0]),
            """{ "stages": { "search": null } }""",
            TestContext.Current.CancellationToken
        );
        IReadOnlyList<string> told = await RunAsync(sweep, new MadeEnds((_, _) => MadeEnds.Well));
        Assert.Contains("does not say how far a chain is", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_with_2_is_not_tried_again_until_somebody_says_so()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        bool mended = false;
        var ends = new MadeEnds(
            (command, _) =>
                !mended && MadeEnds.Is(command, "searched-seed1") && MadeEnds.Is(command, "student")
                    ? new(2, "student.json is damaged: make it again.")
                    : MadeEnds.Well
        );
        string[] told = ["searched-seed1: student: student.json is damaged: make it again."];
        Assert.Equal(told, await RunAsync(sweep, ends));
        Assert.Equal(told, await RunAsync(sweep, ends));
        Assert.Equal(1, ends.Count("searched-seed1", "student"));
        Assert.Equal(ChainWork.Refused, SweepStatus.Of(sweep).Chains[0].Work);
        Assert.Equal(2, SweepStatus.Of(sweep).Chains.Count(chain => chain.Work == ChainWork.Done));

        mended = true;
        Assert.Empty(await RunAsync(sweep, ends, again: true));
        Assert.Equal(2, ends.Count("searched-seed1", "student"));
    }

    [Theory]
    [InlineData(1, "x.checkpoint cannot be written: No space left on device : 'x'. Free space or name another place.")]
    [InlineData(3, "No profiler answers at http://127.0.0.1:1.")]
    public async Task A_full_disk_and_a_lost_profiler_are_waited_for_and_count_as_no_failure(int code, string sentence)
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds(
            (command, before) => MadeEnds.Is(command, "searched-seed1") && before < 7 ? new(code, sentence) : MadeEnds.Well
        );
        Assert.Empty(await RunAsync(sweep, ends));
        ChainState state = ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]));
        Assert.Equal((8, 0, true), (state[SweepStage.Search].Attempts, state[SweepStage.Search].Failures, state[SweepStage.Search].Done));
        Assert.Single(
            reporter.Lines,
            $"searched-seed1 is paused in search: {sentence.TrimEnd('.')}. It tries again every 0 s, and Ctrl-C ends it."
        );
    }

    [Fact]
    public async Task An_interruption_is_no_failure_and_the_next_start_goes_on_at_the_same_stage()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        using var interruption = new CancellationTokenSource();
        var ends = new MadeEnds(
            (command, before) =>
            {
                if (before > 0 || !MadeEnds.Is(command, "teacher"))
                    return MadeEnds.Well;
                interruption.Cancel();
                return new(130, "");
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new SweepRun(sweep, ["cpu"], ends, reporter, again: false, TimeSpan.Zero).RunAsync(interruption.Token)
        );
        StageState teacher = ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]))[SweepStage.Teacher];
        Assert.Equal((1, 0, false, null), (teacher.Attempts, teacher.Failures, teacher.Done, teacher.Failure));
        Assert.Equal(
            [ChainWork.Interrupted, ChainWork.Waiting, ChainWork.Waiting],
            SweepStatus.Of(sweep).Chains.Select(chain => chain.Work)
        );
        Assert.Empty(await RunAsync(sweep, new MadeEnds((_, _) => MadeEnds.Well)));
        Assert.Equal(1, ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]))[SweepStage.Search].Attempts);
    }

    [Fact]
    public async Task Several_programs_share_a_sweep_and_no_stage_is_run_twice()
    {
        SweepFolder sweep = MadeSweep.Write(folder, seeds: 4);
        var ends = new MadeEnds(
            (_, _) =>
            {
                Thread.Sleep(5);
                return MadeEnds.Well;
            }
        );
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(SweepFolder.Open(sweep.Path), ends, workers: 2)));
        Assert.Equal(36, ends.Commands.Count);
        Assert.All(sweep.Sweep.Chains, chain =>
            Assert.All(ChainState.Load(sweep.StateOf(chain)).Stages.Values, stage => Assert.Equal((1, true), (stage.Attempts, stage.Done)))
        );
    }

    [Fact]
    public async Task A_chain_that_is_worked_on_elsewhere_is_waited_for_and_taken_over()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        ChainLock held = ChainLock.TryTake(sweep.LockOf(sweep.Sweep.Chains[1]))!;
        Task<IReadOnlyList<string>> run = RunAsync(sweep, ends);
        while (
            ends.Commands.Count < 6
            || !reporter.Lines.ToArray().Any(line => line.StartsWith("All chains that are left", StringComparison.Ordinal))
        )
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(ChainWork.Running, SweepStatus.Of(sweep).Chains[1].Work);
        Assert.False(run.IsCompleted);
        held.Dispose();
        Assert.Empty(await run);
        Assert.Equal(9, ends.Commands.Count);
    }

    [Fact]
    public async Task A_damaged_state_is_a_fault_of_its_chain_alone()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Directory.CreateDirectory(Path.GetDirectoryName(sweep.StateOf(sweep.Sweep.Chains[0]))!);
        await File.WriteAllTextAsync(
            sweep.StateOf(sweep.Sweep.Chains[0]),
            """{ "stages": { "search": """,
            TestContext.Current.CancellationToken
        );
        string failure = Assert.Single(await RunAsync(sweep, ends));
        Assert.Contains("searched-seed1.json does not say how far a chain is", failure, StringComparison.Ordinal);
        Assert.Equal(6, ends.Commands.Count);
        Assert.Equal(ChainWork.Refused, SweepStatus.Of(sweep).Chains[0].Work);
        Assert.Contains("The state of 1 of 3 chains cannot be read.", reporter.Lines);
        reporter.Lines.Clear();
        await RunAsync(sweep, ends);
        Assert.Equal(["2 of 3 chains are done already.", "The state of 1 of 3 chains cannot be read."], reporter.Lines[..2]);
    }

    [Fact]
    public async Task A_sweep_that_is_done_is_said_to_be_and_nothing_of_what_cannot_be_read()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Assert.Empty(await RunAsync(sweep, ends));
        reporter.Lines.Clear();
        Assert.Empty(await RunAsync(sweep, ends));
        Assert.Equal(["All 3 chains are done already."], reporter.Lines);
    }

    [Fact]
    public async Task Each_GPU_has_its_own_chains_and_commands_that_compute_are_told_which()
    {
        SweepFolder sweep = MadeSweep.Write(folder, stages: "\"search\", \"teacher\", \"student\", \"eval\", \"export\"");
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        await new SweepRun(sweep, ["cuda:3"], ends, reporter, again: false, TimeSpan.Zero).RunAsync(TestContext.Current.CancellationToken);
        Assert.All(ends.Commands, command =>
            Assert.Equal(command[0] == "export" ? 0 : 1, command.Zip(command.Skip(1)).Count(pair => pair is ("--device", "cuda:3")))
        );
    }

    [Fact]
    public void What_is_left_is_told_by_what_took_so_long_elsewhere()
    {
        SweepFolder sweep = MadeSweep.Write(folder, seeds: 2);
        SweepChain[] chains = [.. sweep.Sweep.Chains];
        StageState Took(double seconds) => new(1, 0, Done: true, seconds);
        ChainState first = ChainState
            .New.With(SweepStage.Search, Took(10))
            .With(SweepStage.Teacher, Took(20))
            .With(SweepStage.Student, Took(30));
        var times = new SweepTimes([(chains[0], first), (chains[3], ChainState.New.With(SweepStage.Search, Took(20)))]);
        // Its search took 20 s, as those of its settings: 15 s in the mean.
        Assert.Equal(65, times.Left(chains[3], ChainState.New, sweep.Sweep.Stages)!.Value, 6);
        Assert.Equal(30, times.Left(chains[3], first.With(SweepStage.Student, StageState.New), sweep.Sweep.Stages)!.Value, 6);
        Assert.Null(new SweepTimes([]).Left(chains[0], ChainState.New, sweep.Sweep.Stages));
    }

    private Task<IReadOnlyList<string>> RunAsync(SweepFolder sweep, IStageRunner ends, int workers = 1, bool again = false) =>
        new SweepRun(sweep, [.. Enumerable.Repeat("cpu", workers)], ends, reporter, again, TimeSpan.Zero).RunAsync(
            TestContext.Current.CancellationToken
        );
}
