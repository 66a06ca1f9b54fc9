using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>halving</c>: the best networks of a search are trained a little, the better half of them twice as long, and so on
/// until one is left (Karnin et al., 2013). How they are trained is the section <c>training</c>, without a teacher.</summary>
public sealed class HalvingOptions
{
    /// <summary>Networks that begin; 0 or 1 leaves the choice to the score.</summary>
    [Unit("networks")]
    public int Finalists { get; set; }

    /// <summary>Steps of the first trainings, whose learning rate falls to its end within them.</summary>
    [Unit("steps")]
    public int Steps { get; set; } = 200;

    /// <summary>The weights that each training begins with. Shared weights are those of the first supernet.</summary>
    public TrainingStart Start { get; set; }

    /// <summary>What a network's score with shared weights counts beside its training, both in deviations of their own; 0 goes by the
    /// trainings alone.</summary>
    public double ScoreWeight { get; set; }

    /// <summary>Where trainings run at the same time, with commas between them, such as <c>cuda:0,cuda:1</c> or <c>cpu,cpu</c>: each entry
    /// has one at a time, in a process of its own, which on the CPU has as many threads as the search. The word <c>search</c> trains one
    /// after the other on the search's device.</summary>
    public string Devices { get; set; } = DeviceList.Own;

    /// <summary>Networks and steps of each rung: half as many networks and twice as many steps, until two are left to decide
    /// between.</summary>
    /// <param name="finalists">Networks that begin.</param>
    internal IEnumerable<(int Networks, int Steps)> Rungs(int finalists)
    {
        for (
            (int networks, int steps) = (finalists, Steps);
            networks > 1;
            networks = (networks + 1) / 2, steps = (int)Math.Min(2L * steps, int.MaxValue)
        )
            yield return (networks, steps);
    }
}
