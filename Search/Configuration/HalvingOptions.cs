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
}
