namespace FasterSeg.Bench.Ranking;

/// <summary>
/// Searches whose trainings are all short, judged by long ones: random networks of the band are trained for a quarter of the steps, or
/// those that a score puts first, and the best is the choice. Each search meets a band of its own, two thirds of the networks by lot, so
/// that one network alone does not decide what is told.
/// </summary>
internal sealed class ShortTrials
{
    private const int Draws = 2000,
        Fewest = 12;

    private readonly IReadOnlyDictionary<string, double> truths,
        brief;
    private readonly string[] known;

    /// <summary>Takes the networks that have both trainings.</summary>
    /// <param name="file">The trainings.</param>
    /// <param name="band">The networks that there are.</param>
    /// <param name="steps">A long training.</param>
    /// <param name="quality">By what the choice is judged.</param>
    public ShortTrials(RankingFile file, IReadOnlyList<string> band, int steps, Quality quality)
    {
        truths = quality.Of(file, steps);
        brief = Quality.Loss.Of(file, steps / HalvingTrials.Share);
        known = [.. band.Where(name => truths.ContainsKey(name) && brief.ContainsKey(name))];
    }

    /// <summary>Whether there are networks enough to say anything.</summary>
    public bool AreThere => known.Length >= Fewest;

    /// <summary>The networks that have both trainings.</summary>
    public IReadOnlyList<string> Known => known;

    /// <summary>Networks of a search's band.</summary>
    public int OfABand => known.Length * 2 / 3;

    /// <summary>Random networks of the band.</summary>
    /// <param name="trainings">How many are trained; all of the band where it has fewer.</param>
    public IReadOnlyList<Choice> OfRandom(int trainings) => Choose(pool => pool.Take(trainings).MaxBy(name => brief[name])!);

    /// <summary>Networks that a score puts first.</summary>
    /// <param name="score">The higher, the better.</param>
    /// <param name="trainings">How many are trained; 0 and 1 leave the choice to the score.</param>
    /// <param name="weight">What the score counts beside the training, both in deviations over the networks; 0 goes by trainings.</param>
    public IReadOnlyList<Choice> OfScore(Func<string, double> score, int trainings, double weight)
    {
        double ratio = weight * Deviation(name => brief[name]) / Deviation(score);
        return Choose(pool =>
            pool.OrderByDescending(score).Take(Math.Max(1, trainings)).MaxBy(name => brief[name] + (ratio * score(name)))!
        );
    }

    private Choice[] Choose(Func<IReadOnlyList<string>, string> choose)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable
                .Range(0, Draws)
                .Select(_ =>
                {
                    string[] mixed = [.. known];
                    random.Shuffle(mixed);
                    string[] pool = mixed[..OfABand];
                    return Choice.Of(choose(pool), pool.ToDictionary(name => name, name => truths[name]));
                }),
        ];
    }

    private double Deviation(Func<string, double> of) => Choice.Deviation([.. known.Select(of)]);
}
