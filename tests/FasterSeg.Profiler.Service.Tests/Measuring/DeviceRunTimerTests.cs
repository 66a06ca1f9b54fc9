using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>Timing of a device with a queue of its own.</summary>
public sealed class DeviceRunTimerTests
{
    private readonly SyntheticTime time = new();

    [Fact]
    public void Events_time_one_of_two_runs_that_are_queued_without_a_pause()
    {
        var device = new FakeDevice { RunMs = 3 };
        Assert.Equal(new RunTime(3, Disturbed: false), new EventRunTimer(device).Time(device));
        Assert.Equal(["run", "start", "run", "stop", "wait"], device.Calls);
    }

    [Fact]
    public void An_event_time_of_zero_is_the_events_resolution()
    {
        var device = new FakeDevice { RunMs = 0 };
        Assert.Equal(EventRunTimer.ResolutionMs, new EventRunTimer(device).Time(device).Ms);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void An_impossible_event_time_is_a_fault(double ms)
    {
        var device = new FakeDevice { RunMs = ms };
        Assert.Throws<InvalidOperationException>(() => new EventRunTimer(device).Time(device));
    }

    [Fact]
    public void Synchronized_runs_begin_and_end_with_an_idle_device()
    {
        // 50 ms of work are still queued, a run's call takes 0.1 ms, and its work 4 ms.
        double queued = 50;
        void Synchronize()
        {
            time.Advance(queued);
            queued = 0;
        }

        var workload = new SyntheticWorkload(time, _ =>
        {
            queued += 4;
            return 0.1;
        });
        Assert.Equal(4.1, new SynchronizedRunTimer(Synchronize, time).Time(workload).Ms, 6);
    }

    private sealed class FakeDevice : IDeviceEvents, IWorkload
    {
        private double? begun;
        private double clock;

        public required double RunMs { get; init; }

        public List<string> Calls { get; } = [];

        public void Run()
        {
            Calls.Add("run");
            clock += RunMs;
        }

        public void Start()
        {
            Calls.Add("start");
            begun = clock = 0;
        }

        public void Stop() => Calls.Add("stop");

        public double AwaitMs()
        {
            Calls.Add("wait");
            return clock - begun!.Value;
        }
    }
}
