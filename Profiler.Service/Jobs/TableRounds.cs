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
/// <param name="quiet">What the device takes in quiet, from earlier jobs; null where nobody knows.</param>
public sealed class TableRounds(IReadOnlyList<OperatorSpec> operators, MeasurementSettings settings, PaceReference? quiet = null)
{
    private sealed record Round(IReadOnlyList<OperatorSpec> Order, Sentinel Sentinel, Dictionary<OperatorSpec, OperatorSession> Sessions);

    private readonly List<Round> rounds = [];

    // What has been told as settled: it is as it was told, whatever comes.
    private readonly HashSet<OperatorSpec> settled = [];

    /// <summary>Rounds in which every operator gets a session.</summary>
    public int FullRounds => settings.Sessions;

    /// <summary>Most rounds: as many again as an operator may need whose sessions do not agree.</summary>
    public int MostRounds => settings.MostSessions;

    /// <summary>What the sentinel usually takes, ms: in quiet where that is known and enough of the job was measured so, else the median of
    /// all readings, which a disturbance of less than half of the job leaves alone.</summary>
    public double ReferenceMs => Verdict.Reference.SentinelMs ?? double.NaN;

    /// <summary>By which share the sentinel's slowest reading exceeds its fastest.</summary>
    public double Drift => Sentinel.DriftOf(Readings);

    /// <summary>The medians of all readings.</summary>
    public PaceReference Found => PaceReference.Of(Readings);

    /// <summary>The sentinel's readings, in the order of the rounds.</summary>
    public IReadOnlyList<SentinelReading> Readings => [.. rounds.SelectMany(round => round.Sentinel.Readings)];

    private LoadVerdict Verdict => LoadVerdict.Of(Readings, quiet ?? PaceReference.Unknown, new Sentinel(settings.RelativeHalfWidth));

    /// <summary>Why the table as a whole is one of a loaded device, as the end of a sentence; null where it is not.</summary>
    public string? Loaded() => Loaded(Joined());

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
                !settled.Contains(spec)
                && !HasFailedOnly(spec)
                && (rounds.Count < FullRounds || OperatorSession.NeedsMore(Of(spec, touched), settings))
            ),
        ];
    }

    /// <summary>The operators that need no further session now and were not settled before; they get none from now on.</summary>
    public IReadOnlyList<SettledOperator> Settle()
    {
        HashSet<OperatorSpec> due = [.. Due()];
        return
        [
            .. Entries()
                .Where(entry => !due.Contains(entry.Spec) && settled.Add(entry.Spec))
                .Select(entry => new SettledOperator(entry, [.. Of(entry.Spec, []).Where(session => session.Entry.Failure is null)])),
        ];
    }

    /// <summary>Every operator's entry. One with too few sessions that no drift touched takes the others in, and is flagged; on a loaded
    /// device all are.</summary>
    public IReadOnlyList<LatencyEntry> Entries()
    {
        IReadOnlyList<LatencyEntry> joined = Joined();
        return Loaded(joined) is null ? joined : [.. joined.Select(entry => entry with { Drifted = entry.Failure is null })];
    }

    private string? Loaded(IReadOnlyList<LatencyEntry> joined)
    {
        int drifted = joined.Count(entry => entry.Drifted),
            measured = operators.Count;
        return Verdict.Reason
            ?? (
                quiet is not null && 2 * drifted > measured
                    ? $"{drifted} of {measured} operators met it in quiet less often than asked"
                    : null
            );
    }

    private IReadOnlyList<LatencyEntry> Joined()
    {
        HashSet<(int, OperatorSpec)> touched = Touched();
        return
        [
            .. operators.Select(spec =>
            {
                IReadOnlyList<OperatorSession> clean = Of(spec, touched);
                // Fewer than were asked for may all have met the same load. Of less than a majority a slow one may be the median: then the
                // others are no worse.
                int measured = clean.Count(session => session.Entry.Failure is null);
                bool isDrifted = measured < settings.Sessions && !HasFailedOnly(spec),
                    hasMajority = measured > settings.Sessions / 2;
                LatencyEntry entry = OperatorSession.Join(hasMajority ? clean : Of(spec, []), settings);
                return entry with { Drifted = isDrifted && entry.Failure is null };
            }),
        ];
    }

    // What was lost to something from outside says nothing of the operator.
    private bool HasFailedOnly(OperatorSpec spec) =>
        Of(spec, []) is var sessions
        && sessions.All(session => session.Entry.Failure is not null)
        && sessions.Any(session => !session.FromOutside);

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
        PaceReference reference = Verdict.Reference;
        return [.. rounds.SelectMany((round, i) => round.Sentinel.Touched(reference).Select(position => (i, round.Order[position])))];
    }
}
