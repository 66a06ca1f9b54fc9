namespace FasterSeg.Bench.Ranking;

/// <summary>
/// Successive halving over stored trainings: some networks are trained for a quarter of the steps, the best of them in full, and the best
/// of those is the choice. A search's trainings are those of one seed, and its choice is judged by the other seeds' alone.
/// </summary>
/// <param name="file">The trainings.</param>
/// <param name="band">The networks that there are.</param>
/// <param name="steps">A full training.</param>
/// <param name="quality">By what.</param>
internal sealed class HalvingTrials(RankingFile file, IReadOnlyList<string> band, int steps, Quality quality)
{
    private const int Draws = 2000;

    /// <summary>How many short trainings a full one is.</summary>
    public const int Share = 4;

    /// <summary>Random networks: of each seed whose trainings are there.</summary>
    /// <param name="trainings">What it may take, in full trainings: half goes to the short ones.</param>
    public IReadOnlyList<Choice> OfRandom(int trainings)
    {
        var random = new Random(1);
        return
        [
            .. Seeds()
                .SelectMany(seed =>
                    Enumerable
                        .Range(0, Draws)
                        .Select(_ =>
                        {
                            string[] mixed = [.. seed.Known];
                            random.Shuffle(mixed);
                            return seed.Choose(mixed.Take(trainings / 2 * Share), trainings / 2);
                        })
                ),
        ];
    }

    /// <summary>The networks that a score puts first: one choice of each seed whose trainings are there.</summary>
    /// <param name="score">The higher, the better.</param>
    /// <param name="first">How many are trained for a quarter of the steps.</param>
    /// <param name="last">How many of these in full.</param>
    public IReadOnlyList<Choice> OfScore(Func<string, double> score, int first, int last) =>
        [.. Seeds().Select(seed => seed.Choose(seed.Known.OrderByDescending(score).Take(first), last))];

    private IEnumerable<SearchSeed> Seeds() =>
        file
            .Truths.Select(one => one.Seed)
            .Distinct()
            .Order()
            .Select(seed => new SearchSeed(
                quality.Of(file, steps / Share, other => other == seed),
                quality.Of(file, steps, other => other == seed),
                quality.Of(file, steps, other => other != seed),
                band
            ))
            .Where(seed => seed.Known.Count > band.Count / 2);

    private sealed class SearchSeed
    {
        private readonly IReadOnlyDictionary<string, double> brief;
        private readonly IReadOnlyDictionary<string, double> full;
        private readonly Dictionary<string, double> judged;

        public SearchSeed(
            IReadOnlyDictionary<string, double> brief,
            IReadOnlyDictionary<string, double> full,
            IReadOnlyDictionary<string, double> others,
            IReadOnlyList<string> band
        )
        {
            (this.brief, this.full) = (brief, full);
            Known = [.. band.Where(name => brief.ContainsKey(name) && full.ContainsKey(name) && others.ContainsKey(name))];
            judged = Known.ToDictionary(name => name, name => others[name]);
        }

        public IReadOnlyList<string> Known { get; }

        public Choice Choose(IEnumerable<string> candidates, int last) =>
            Choice.Of(candidates.OrderByDescending(name => brief[name]).Take(last).MaxBy(name => full[name])!, judged);
    }
}
