using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What the rounds of a table job have given, and what that leaves to be done. A session that a drift of the sentinel touched does
/// not count, as long as its operator has others.
/// </summary>
/// <param name="operators">The operators to be measured.</param>
/// <param name="settings">How they are measured.</param>
public sealed class TableRounds(IReadOnlyList<OperatorSpec> operators, MeasurementSettings settings)
{
    private sealed record Round(IReadOnlyList<OperatorSpec> Order, Sentinel Sentinel, Dictionary<OperatorSpec, OperatorSession> Sessions);

    private readonly List<Round> rounds = [];

    /// <summary>Rounds in which every operator gets a session.</summary>
    public int FullRounds => settings.Sessions;

    /// <summary>Most rounds: as many again as an operator may need whose sessions do not agree.</summary>
    public int MostRounds => settings.MostSessions;

    /// <summary>What the sentinel usually takes, ms: the median of all readings, which a disturbance of less than half of the job leaves
    /// alone.</summary>
    public double ReferenceMs => Sentinel.ReferenceOf(rounds.SelectMany(round => round.Sentinel.Readings));

    /// <summary>By which share the sentinel's slowest reading exceeds its fastest.</summary>
    public double Drift => Sentinel.DriftOf(rounds.SelectMany(round => round.Sentinel.Readings));

    /// <summary>Begins a round of these operators, in this order.</summary>
    /// <returns>The sentinel to read in between.</returns>
    public Sentinel Begin(IReadOnlyList<OperatorSpec> order)
    {
        var sentinel = new Sentinel(settings.RelativeHalfWidth);
        rounds.Add(new(order, sentinel, []));
        return sentinel;
    }

    /// <summary>Keeps a session of the present round.</summary>
    public void Add(OperatorSession session) => rounds[^1].Sessions[session.Entry.Spec] = session;

    /// <summary>The operators that the next round is to measure: all at first, then those that are still unsure. Empty at the
    /// end.</summary>
    public IReadOnlyList<OperatorSpec> Due()
    {
        if (rounds.Count >= MostRounds)
            return [];
        HashSet<(int, OperatorSpec)> touched = rounds.Count < FullRounds ? [] : Touched();
        return
        [
            .. operators.Where(spec =>
                !HasFailedOnly(spec) && (rounds.Count < FullRounds || OperatorSession.NeedsMore(Of(spec, touched), settings))
            ),
        ];
    }

    /// <summary>Every operator's entry. One with too few sessions that no drift touched takes the others in, and is flagged.</summary>
    public IReadOnlyList<LatencyEntry> Entries()
    {
        HashSet<(int, OperatorSpec)> touched = Touched();
        return
        [
            .. operators.Select(spec =>
            {
                IReadOnlyList<OperatorSession> quiet = Of(spec, touched);
                // A majority of the sessions that were asked for: of fewer, a slow one may be the median.
                bool isDrifted = quiet.Count <= settings.Sessions / 2 && !HasFailedOnly(spec);
                LatencyEntry entry = OperatorSession.Join(isDrifted || quiet.Count == 0 ? Of(spec, []) : quiet, settings);
                return entry with { Drifted = isDrifted && entry.Failure is null };
            }),
        ];
    }

    private bool HasFailedOnly(OperatorSpec spec) =>
        Of(spec, []) is { Count: > 0 } sessions && sessions.All(session => session.Entry.Failure is not null);

    private List<OperatorSession> Of(OperatorSpec spec, HashSet<(int, OperatorSpec)> without)
    {
        var sessions = new List<OperatorSession>();
        for (int i = 0; i < rounds.Count; i++)
        {
            if (rounds[i].Sessions.TryGetValue(spec, out OperatorSession? session) && !without.Contains((i, spec)))
                sessions.Add(session);
        }
        return sessions;
    }

    /// <summary>The sessions next to a reading that is off the reference, by round and operator.</summary>
    private HashSet<(int, OperatorSpec)> Touched()
    {
        double reference = ReferenceMs;
        return [.. rounds.SelectMany((round, i) => round.Sentinel.Touched(reference).Select(position => (i, round.Order[position])))];
    }
}
