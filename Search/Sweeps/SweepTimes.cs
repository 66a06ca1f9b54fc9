namespace FasterSeg.Search.Sweeps;

/// <summary>How long stages take by those that are done: of a sweep itself, or of an earlier one.</summary>
public sealed class SweepTimes
{
    private readonly Dictionary<(SweepStage, string), double> own = [];
    private readonly Dictionary<SweepStage, double> any = [];

    /// <summary>Looks at chains.</summary>
    /// <param name="chains">With what is done of each.</param>
    public SweepTimes(IEnumerable<(SweepChain Chain, ChainState State)> chains)
    {
        (SweepStage Stage, string Settings, double Seconds, double Images)[] done =
        [
            .. from each in chains
            from stage in each.State.Stages
            where stage.Value.Done
            select (stage.Key, each.Chain.Settings, stage.Value.Seconds, (double)each.Chain.Images(stage.Key)),
        ];
        foreach (var group in done.GroupBy(each => (each.Stage, each.Settings)))
            own[group.Key] = group.Sum(each => each.Seconds) / group.Sum(each => each.Images);
        foreach (var group in done.GroupBy(each => each.Stage))
            any[group.Key] = group.Sum(each => each.Seconds) / group.Sum(each => each.Images);
    }

    /// <summary>Seconds that what is not done of a chain will take; null where a stage of the kind was never done.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="state">What is done of it.</param>
    /// <param name="stages">The sweep's stages.</param>
    public double? Left(SweepChain chain, ChainState state, IEnumerable<SweepStage> stages)
    {
        double sum = 0;
        foreach (SweepStage stage in stages.Where(stage => !state[stage].Done))
        {
            // Of the same settings, or else of any: images of other sizes or networks take other times.
            if (!own.TryGetValue((stage, chain.Settings), out double seconds) && !any.TryGetValue(stage, out seconds))
                return null;
            sum += seconds * chain.Images(stage);
        }
        return sum;
    }
}
