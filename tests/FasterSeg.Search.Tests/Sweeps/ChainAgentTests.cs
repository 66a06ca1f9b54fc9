using System.Collections.Concurrent;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Xunit;
using Standing = FasterSeg.Protos.Fleet.V1.ChainState;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>Agents of a made-up fleet; how commands end is made up, too.</summary>
public sealed class ChainAgentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Listener reporter = new();
    private readonly CancellationTokenSource interruption = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        interruption.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Agents_work_on_each_chain_once_and_tell_its_end()
    {
        SweepFolder sweep = MadeSweep.Write(folder, seeds: 4);
        var fleet = new MadeFleet(sweep);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Task[] agents = [.. Enumerable.Range(0, 3).Select(_ => RunAsync(fleet, ends, workers: 2))];
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agents);
        Assert.Equal(36, ends.Commands.Count);
        Assert.All(SweepStatus.Of(sweep).Chains, chain => Assert.Equal(ChainWork.Done, chain.Work));
        Assert.All(sweep.Sweep.Chains, chain => Assert.Equal(Standing.Done, fleet[chain.Name].State));
    }

    [Fact]
    public async Task What_fails_is_told_and_2_is_never_tried_again()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var ends = new MadeEnds(
            (command, _) =>
                MadeEnds.Is(command, "joint-seed1") && MadeEnds.Is(command, "teacher") ? new(1, "The images are gone.")
                : MadeEnds.Is(command, "random-seed1") ? new(2, "A key is unknown.")
                : MadeEnds.Well
        );
        Task agent = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal((Standing.Failed, 0L, "joint-seed1: teacher: The images are gone."), fleet["joint-seed1"]);
        Assert.Equal((Standing.Refused, 0L, "random-seed1: search: A key is unknown."), fleet["random-seed1"]);
        Assert.Equal((3, 1), (ends.Count("joint-seed1", "teacher"), ends.Count("random-seed1")));
    }

    [Fact]
    public async Task Failures_under_an_earlier_lease_are_counted_on()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        SweepChain chain = sweep.Sweep.Chains[0];
        ChainState.New.With(SweepStage.Search, new(2, 2, Done: false, 1, Code: 1, Failure: "it broke")).Save(sweep.StateOf(chain));
        ChainState
            .New.With(SweepStage.Search, new(3, 3, Done: false, 1, Code: 1, Failure: "it broke"))
            .Save(sweep.StateOf(sweep.Sweep.Chains[1]));
        var fleet = new MadeFleet(sweep);
        var ends = new MadeEnds((command, _) => command[0] == "search" ? new(1, "it broke") : MadeEnds.Well);
        Task agent = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal((1, 0), (ends.Count("searched-seed1"), ends.Count("joint-seed1")));

        // Whoever submits it again wants it tried again.
        ChainState pardoned = ChainState.Load(sweep.StateOf(chain)).Pardoned(sweep.Sweep.Retries, refused: false);
        Assert.Equal(
            (3, 0, null),
            (pardoned[SweepStage.Search].Attempts, pardoned[SweepStage.Search].Failures, pardoned[SweepStage.Search].Failure)
        );
    }

    [Fact]
    public async Task A_lease_that_is_over_ends_the_stage_and_counts_as_no_failure()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        SweepChain chain = sweep.Sweep.Chains[0];
        var fleet = new MadeFleet(sweep);
        var stages = new HeldStages("searched-seed1");
        Task agent = RunAsync(fleet, stages);
        await UntilAsync(() => stages.Running == 1);
        fleet.Lapse(chain.Name, Standing.Failed);
        await UntilAsync(() => reporter.Has("searched-seed1: the fleet has taken it from this agent"));
        Assert.Equal(1, stages.Killed);
        StageState search = ChainState.Load(sweep.StateOf(chain))[SweepStage.Search];
        Assert.Equal((1, 0, false, null), (search.Attempts, search.Failures, search.Done, search.Failure));

        // The next one goes on.
        fleet.Lapse(chain.Name);
        stages.LetGo();
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal(Standing.Done, fleet[chain.Name].State);
    }

    [Fact]
    public async Task What_another_agent_has_begun_is_not_written_to()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        SweepChain chain = sweep.Sweep.Chains[0];
        var fleet = new MadeFleet(sweep);
        // As where locks hold nobody off: another one begins while this one stands still in its stage, whose end it then sees.
        byte[] theirs = [];
        var ends = new MadeEnds(
            (command, _) =>
            {
                if (!MadeEnds.Is(command, chain.Name))
                    return MadeEnds.Well;
                new ChainFence(sweep.FenceOf(chain), 1000, "other").Raise();
                theirs = File.ReadAllBytes(sweep.StateOf(chain));
                fleet.Lapse(chain.Name, Standing.Failed);
                return MadeEnds.Well;
            }
        );
        Task agent = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal(1, ends.Count(chain.Name));
        Assert.Equal(theirs, await File.ReadAllBytesAsync(sweep.StateOf(chain), Cancellation));
        Assert.DoesNotContain(
            "ended with",
            File.Exists(sweep.LogOf(chain)) ? await File.ReadAllTextAsync(sweep.LogOf(chain), Cancellation) : ""
        );
        Assert.True(reporter.Has("searched-seed1: the fleet has taken it from this agent"));
    }

    [Fact]
    public async Task What_was_begun_under_another_fleet_goes_on_under_this_one()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        SweepChain chain = sweep.Sweep.Chains[0];
        Directory.CreateDirectory(sweep.In("chains"));
        new ChainFence(sweep.FenceOf(chain), 3034, "elsewhere").Raise();
        var fleet = new MadeFleet(sweep);
        Task agent = RunAsync(fleet, new MadeEnds((_, _) => MadeEnds.Well));
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal(Standing.Done, fleet[chain.Name].State);
    }

    [Fact]
    public async Task A_chain_whose_lock_is_held_is_left_to_others_and_taken_when_it_is_free()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        ChainLock? chain = ChainLock.TryTake(sweep.LockOf(sweep.Sweep.Chains[0])),
            stage = ChainLock.TryTake(sweep.StageLockOf(sweep.Sweep.Chains[1]), note: false);
        Task agent = RunAsync(fleet, ends);
        await UntilAsync(() => ends.Commands.Count == 3 && fleet.GivenBack.Count > 4);
        Assert.Contains(fleet.GivenBack, reason => reason.StartsWith("box: its lock is held by process ", StringComparison.Ordinal));
        Assert.Contains("box: a process of an earlier agent still holds the lock of its stage", fleet.GivenBack);
        Assert.Equal(3, ends.Count("random-seed1"));
        Assert.Single(reporter.Lines, line => line.StartsWith("searched-seed1 is left to others for a while", StringComparison.Ordinal));
        chain!.Dispose();
        stage!.Dispose();
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal(9, ends.Commands.Count);
    }

    [Fact]
    public async Task A_sweep_whose_images_this_machine_does_not_see_is_left_to_others()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        File.WriteAllText(
            sweep.In("sweep.json"),
            File.ReadAllText(sweep.In("sweep.json")).Replace("\"synthetic\"", "\"camvid:/nowhere/images\"", StringComparison.Ordinal)
        );
        var fleet = new MadeFleet(SweepFolder.Open(sweep.Path));
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Task blind = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.GivenBack.Count > 1);
        Assert.All(fleet.GivenBack, reason => Assert.Equal("box: The data folder '/nowhere/images' does not exist", reason));
        Assert.Empty(ends.Commands);
        await EndAsync(blind);
    }

    [Fact]
    public async Task A_sweep_that_this_machine_does_not_see_is_left_to_others()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep, place: "/nowhere/sweep");
        var ends = new MadeEnds((_, _) => MadeEnds.Well);
        Task blind = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.GivenBack.Count > 1);
        Assert.All(fleet.GivenBack, reason => Assert.Equal("box: this machine does not see the folder /nowhere/sweep", reason));
        Assert.Single(reporter.Lines, line =>
            line.EndsWith("this machine does not see the folder /nowhere/sweep.", StringComparison.Ordinal)
        );
        Assert.Empty(ends.Commands);

        // One that sees sweeps in a folder of its own finds it by its name.
        Task seeing = RunAsync(fleet, ends, sweeps: folder.Path);
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(blind, seeing);
        Assert.Equal(9, ends.Commands.Count);
    }

    [Fact]
    public async Task Another_sweep_in_its_place_is_not_touched()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        await File.AppendAllTextAsync(Path.Combine(sweep.Path, "sweep.json"), "\n", Cancellation);
        Task agent = RunAsync(fleet, new MadeEnds((_, _) => MadeEnds.Well));
        await UntilAsync(() => fleet.GivenBack.Count > 0);
        await EndAsync(agent);
        Assert.Equal($"box: {sweep.Path} holds another sweep on this machine", fleet.GivenBack[0]);
        Assert.False(Directory.Exists(Path.Combine(sweep.Path, "chains")));
    }

    [Fact]
    public async Task Interrupted_it_saves_and_gives_back_what_it_has()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var stages = new HeldStages("seed1");
        Task agent = RunAsync(fleet, stages, workers: 2);
        await UntilAsync(() => stages.Running == 2);
        await EndAsync(agent);
        Assert.Equal((2, 0), (stages.Saved, stages.Killed));
        Assert.Equal(["its agent was ended", "its agent was ended"], fleet.GivenBack);
        Assert.All(sweep.Sweep.Chains, chain => Assert.Equal(Standing.Waiting, fleet[chain.Name].State));
        Assert.Equal(0, ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]))[SweepStage.Search].Failures);
    }

    [Fact]
    public async Task A_sweep_that_is_withdrawn_is_saved_and_given_back()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var stages = new HeldStages("seed1");
        Task agent = RunAsync(fleet, stages);
        await UntilAsync(() => stages.Running == 1);
        fleet.IsWithdrawn = true;
        await UntilAsync(() => fleet.GivenBack.Count == 1);
        await EndAsync(agent);
        Assert.Equal((1, 0, "its sweep was withdrawn"), (stages.Saved, stages.Killed, fleet.GivenBack[0]));
    }

    [Fact]
    public async Task A_fleet_that_is_away_is_told_once_and_waited_for_and_nothing_new_is_begun()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var stages = new HeldStages("search");
        Task agent = RunAsync(fleet, stages);
        await UntilAsync(() => stages.Running == 1);
        fleet.Refusal = new FleetAwayException(new UserErrorException("No fleet answers at http://lab."));
        await UntilAsync(() => reporter.Has("No fleet answers at http://lab. What runs goes on"));
        stages.LetGo();
        // Its stage ends and is noted; the next one waits for the fleet.
        await UntilAsync(() => ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]))[SweepStage.Search].Done);
        int asked = fleet.Asked;
        await UntilAsync(() => fleet.Asked > asked + 5);
        Assert.Equal(1, stages.Begun);
        fleet.Refusal = null;
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        Assert.Equal((9, 0), (stages.Begun, stages.Killed));
        Assert.Single(reporter.Lines, line => line.StartsWith("No fleet answers", StringComparison.Ordinal));
        Assert.Single(reporter.Lines, line => line == "The fleet answers again.");
    }

    [Fact]
    public async Task A_full_disk_is_waited_for_under_the_same_lease()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        var fleet = new MadeFleet(sweep);
        var ends = new MadeEnds(
            (command, before) =>
                MadeEnds.Is(command, "searched-seed1") && before < 5
                    ? new(1, "x.checkpoint cannot be written: No space left on device : 'x'. Free space or name another place.")
                    : MadeEnds.Well
        );
        Task agent = RunAsync(fleet, ends);
        await UntilAsync(() => fleet.HasEnded);
        await EndAsync(agent);
        StageState search = ChainState.Load(sweep.StateOf(sweep.Sweep.Chains[0]))[SweepStage.Search];
        Assert.Equal((6, 0, true), (search.Attempts, search.Failures, search.Done));
        Assert.Contains(reporter.Lines, line => line.StartsWith("searched-seed1 is paused in search: ", StringComparison.Ordinal));
        Assert.Empty(fleet.GivenBack);
    }

    [Fact]
    public async Task A_fleet_that_does_not_let_it_in_ends_it()
    {
        var fleet = new MadeFleet(MadeSweep.Write(folder)) { Refusal = new UserErrorException("The key is not known.") };
        UserErrorException refused = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(fleet, new MadeEnds((_, _) => MadeEnds.Well))
        );
        Assert.Equal("The key is not known.", refused.Message);
    }

    [Fact]
    public void A_fence_lets_the_newest_lease_write_and_no_older_one()
    {
        ChainFence older = new(folder["x.lease"], 7, "a"),
            newer = new(folder["x.lease"], 12, "b"),
            foreign = new(folder["x.lease"], 12, "c");
        Assert.False(older.Holds());
        Assert.False(older.Raise());
        Assert.True(older.Holds());
        Assert.False(older.Raise());
        Assert.True(newer.Raise());
        Assert.Equal((false, true), (older.Holds(), newer.Holds()));
        Assert.Throws<ChainLostException>(() => older.Raise());
        Assert.True(newer.Holds());
        // Another fleet's, of which each numbers its own leases.
        Assert.Null(foreign.Higher());
        Assert.True(foreign.Raise());
        Assert.Equal((false, true), (newer.Holds(), foreign.Holds()));
        Assert.Equal("12 c", older.Higher());
        Assert.True(older.Raise("12 c"));
        Assert.Throws<ChainLostException>(() => new ChainFence(older.Path, 3, "d").Raise("12 c"));
        newer.Raise();
        Assert.Equal(newer, ChainFence.Parse(newer.ToString()));
        Assert.Null(ChainFence.Parse(""));
        File.Delete(newer.Path);
        Assert.False(newer.Holds());
    }

    private Task RunAsync(MadeFleet fleet, IStageRunner runner, int workers = 1, string? sweeps = null) =>
        new ChainAgent(
            fleet,
            new("box", [.. Enumerable.Repeat("cpu", workers)], sweeps)
            {
                Ask = TimeSpan.FromMilliseconds(10),
                Aside = TimeSpan.FromMilliseconds(50),
                Saving = TimeSpan.FromMilliseconds(20),
                Settling = TimeSpan.Zero,
                Pause = TimeSpan.Zero,
            },
            runner,
            reporter
        ).RunAsync(interruption.Token);

    private async Task EndAsync(params Task[] agents)
    {
        await interruption.CancelAsync();
        await Task.WhenAll(agents);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
            await Task.Delay(5, Cancellation);
    }

    /// <summary>Stages of some commands that run until they are let go, told to save, or killed.</summary>
    private sealed class HeldStages(string word) : IStageRunner
    {
        private readonly TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int running,
            begun,
            saved,
            killed;

        public int Running => Volatile.Read(ref running);

        public int Begun => Volatile.Read(ref begun);

        public int Saved => Volatile.Read(ref saved);

        public int Killed => Volatile.Read(ref killed);

        public void LetGo() => free.TrySetResult();

        public async Task<StageEnd> RunAsync(
            IReadOnlyList<string> command,
            string stageLock,
            string log,
            IChainLease? lease,
            CancellationToken cancellation
        )
        {
            Interlocked.Increment(ref begun);
            if (!command.Any(each => each.Contains(word, StringComparison.Ordinal)))
                return MadeEnds.Well;
            Interlocked.Increment(ref running);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease!.Lost);
            await Task.WhenAny(free.Task, Task.Delay(Timeout.Infinite, end.Token));
            Interlocked.Decrement(ref running);
            if (free.Task.IsCompleted)
                return MadeEnds.Well;
            Interlocked.Increment(ref (lease.Lost.IsCancellationRequested ? ref killed : ref saved));
            return new(lease.Lost.IsCancellationRequested ? 137 : 130, "");
        }
    }

    private sealed class Listener : IProgressReporter
    {
        private readonly ConcurrentQueue<string> lines = [];

        public IReadOnlyList<string> Lines => [.. lines];

        public bool Has(string start) => lines.Any(line => line.StartsWith(start, StringComparison.Ordinal));

        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) => lines.Enqueue(line);
    }
}
