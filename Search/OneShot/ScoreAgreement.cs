using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>How far the supernets, and the snapshots of each, agree in the order of the same networks: <c>agreement.json</c>.</summary>
/// <param name="Networks">How many networks; those that were scored for the student.</param>
/// <param name="Pairs">Each two supernets, and each two snapshots of one.</param>
public sealed record ScoreAgreement(int Networks, IReadOnlyList<AgreeingPair> Pairs)
{
    private const int LargestFile = 1 << 22; // bytes; a pair takes about 100

    /// <summary>Compares the losses.</summary>
    /// <param name="networks">The scores of some networks.</param>
    /// <returns>Null where each network has one score.</returns>
    public static ScoreAgreement? Of(IReadOnlyList<NetworkScore> networks)
    {
        PartScore[][] all = [.. networks.Select(score => score.Parts).OfType<IReadOnlyList<PartScore>>().Select(parts => parts.ToArray())];
        if (all.Length == 0)
            return null;
        (int Supernet, int? Snapshot)[] sets = [.. all[0].Select(part => (part.Supernet, part.Snapshot))];
        // Scores of another configuration, if somebody has changed it by hand.
        all = [.. all.Where(parts => parts.Select(part => (part.Supernet, part.Snapshot)).SequenceEqual(sets))];
        int[] supernets = [.. sets.Select(set => set.Supernet).Distinct()];
        double[][] means =
        [
            .. supernets.Select(supernet =>
                all.Select(parts => parts.Where(part => part.Supernet == supernet).Average(part => part.Loss)).ToArray()
            ),
        ];
        var pairs = new List<AgreeingPair>();
        for (int second = 1; second < supernets.Length; second++)
        for (int first = 0; first < second; first++)
            pairs.Add(new(supernets[first], supernets[second], null, null, KendallTau.Of(means[first], means[second]).Tau));
        for (int second = 1; second < sets.Length; second++)
        for (int first = 0; first < second; first++)
            if (sets[first].Supernet == sets[second].Supernet)
                pairs.Add(
                    new(sets[first].Supernet, sets[second].Supernet, sets[first].Snapshot, sets[second].Snapshot, TauOf(all, first, second))
                );
        return new(all.Length, pairs);
    }

    /// <summary>In a sentence or two.</summary>
    [JsonIgnore]
    public string Sentence =>
        string.Join(
            " ",
            new[]
            {
                Agree("Supernets", Pairs.Where(pair => pair.FirstSnapshot is null)),
                Agree("Snapshots of a supernet", Pairs.Where(pair => pair.FirstSnapshot is not null)),
            }.OfType<string>()
        );

    /// <summary>Keeps it in a run.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save(RunFolder run) => RunJson.Save(run.Agreement, this);

    /// <summary>Reads a run's; null where there is none.</summary>
    /// <exception cref="DamagedRunException">It cannot be read; the message says why.</exception>
    public static ScoreAgreement? Load(RunFolder run) =>
        !File.Exists(run.Agreement)
            ? null
            : RunFile.Read(run.Agreement, LargestFile, "does not say how far scores agree", "restore it, or remove it", json =>
            {
                ScoreAgreement agreement = json.Deserialize<ScoreAgreement>(RunJson.Options) ?? throw new FormatException("it is null");
                foreach (AgreeingPair pair in RunFile.Entries<AgreeingPair>([.. agreement.Pairs]))
                {
                    if (pair.Tau is { } tau and not (>= -1 and <= 1))
                        throw new FormatException($"'tau' is {tau}, and not from -1 to 1");
                }
                return agreement;
            });

    private string? Agree(string who, IEnumerable<AgreeingPair> pairs)
    {
        double[] taus = [.. pairs.Select(pair => pair.Tau).OfType<double>().Order()];
        string between =
            taus.Length == 0 ? ""
            : taus.Length == 1 ? FormattableString.Invariant($"{taus[0]:F2}")
            : FormattableString.Invariant($"{taus[0]:F2} to {taus[^1]:F2}");
        return taus.Length == 0
            ? null
            : FormattableString.Invariant($"{who} agree in the order of {Networks} networks with Kendall's tau {between}.");
    }

    private static double? TauOf(PartScore[][] all, int first, int second) =>
        KendallTau.Of([.. all.Select(parts => parts[first].Loss)], [.. all.Select(parts => parts[second].Loss)]).Tau;
}

/// <summary>How far two sets of shared weights agree.</summary>
/// <param name="FirstSupernet">From 1.</param>
/// <param name="SecondSupernet">The same one where two snapshots of it are compared.</param>
/// <param name="FirstSnapshot">From 1; null where supernets are compared, each by its mean score.</param>
/// <param name="SecondSnapshot">From 1; null where supernets are compared.</param>
/// <param name="Tau">Kendall's, of the losses: 1 is the same order, 0 what chance gives. Null where all are equal.</param>
public sealed record AgreeingPair(int FirstSupernet, int SecondSupernet, int? FirstSnapshot, int? SecondSnapshot, double? Tau);
