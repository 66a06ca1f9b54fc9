using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// The latencies of a search space's operators on one device, in milliseconds, with all that makes them comparable.
/// Immutable; entries are sorted by canonical key, each key once.
/// </summary>
public sealed class LatencyTable
{
    /// <summary>Version of the JSON format that this build writes and reads.</summary>
    public const int CurrentFormat = 1;

    private readonly Dictionary<OperatorSpec, LatencyEntry> bySpec;

    /// <summary>Makes a table; entries may come in any order.</summary>
    /// <param name="identity">Where and how the numbers were measured.</param>
    /// <param name="space">The space the table was made for, where that is known.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="created">When the table was finished.</param>
    /// <param name="environment">See <see cref="Environment"/>.</param>
    /// <param name="correction">See <see cref="Correction"/>.</param>
    /// <param name="members">See <see cref="Members"/>.</param>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    public LatencyTable(
        TableIdentity identity,
        SearchSpace? space,
        IEnumerable<LatencyEntry> entries,
        DateTimeOffset created,
        IReadOnlyDictionary<string, string>? environment = null,
        LatencyCorrection? correction = null,
        IReadOnlyList<TableMember>? members = null
    )
    {
        Members = members ?? [];
        Correction = correction;
        Identity = identity;
        Space = space;
        Created = created;
        Environment = environment ?? new Dictionary<string, string>();
        Entries = [.. entries.OrderBy(entry => entry.Spec.ToString(), StringComparer.Ordinal)];
        bySpec = new Dictionary<OperatorSpec, LatencyEntry>(Entries.Count);
        foreach (LatencyEntry entry in Entries)
        {
            if (!bySpec.TryAdd(entry.Spec, entry))
                throw new ArgumentException($"The table has two entries for '{entry.Spec}'.");
        }
    }

    /// <summary>Where and how the numbers were measured.</summary>
    public TableIdentity Identity { get; }

    /// <summary>The space the table was made for; null where an imported table does not say.</summary>
    public SearchSpace? Space { get; }

    /// <summary>When the table was finished, UTC.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>
    /// What else the numbers may depend on, as it was when the measuring began (clocks, caches, limits, load), by name. It does not
    /// take part in comparing tables.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Name of the fact in <see cref="Environment"/> that says why a table is one of a loaded device.</summary>
    public const string LoadedFact = "loaded";

    /// <summary>Why the table as a whole was measured on a device that others used too, as the end of a sentence; null where it was not, or
    /// nobody knows.</summary>
    public string? Loaded => Environment.GetValueOrDefault(LoadedFact);

    /// <summary>Name of the fact in <see cref="Environment"/> that says what whole networks have shown of the table.</summary>
    public const string NetworksFact = "networks";

    /// <summary>Name of the fact in <see cref="Environment"/> that says between which latencies these networks lie, such as
    /// <c>0.912 to 1.634</c>, ms.</summary>
    public const string NetworksRangeFact = "networks_ms";

    /// <summary>Name of the fact in <see cref="Environment"/> that says how far the plain sums are from these networks, such as
    /// <c>bias -1.950 %, scatter 0.620 %</c>.</summary>
    public const string NetworksDeviationFact = "networks_deviation";

    /// <summary>What an operator takes in a network, as whole networks have shown; null where an operator counts as it was measured,
    /// alone.</summary>
    public LatencyCorrection? Correction { get; }

    /// <summary>The cards that measured the entries, where they are several of one kind: the identity's card, to which all latencies are
    /// scaled, and the others. Empty in a table of one card.</summary>
    public IReadOnlyList<TableMember> Members { get; }

    /// <summary>All entries by ascending canonical key (ordinal).</summary>
    public IReadOnlyList<LatencyEntry> Entries { get; }

    /// <summary>The entry of an operator, or null: a missing operator is never taken for free.</summary>
    public LatencyEntry? Find(OperatorSpec spec) => bySpec.GetValueOrDefault(spec);

    /// <summary>The latency of an operator in ms: what its entry says, corrected where the table has a <see cref="Correction"/>.</summary>
    /// <exception cref="MissingLatencyException">The table has no usable entry for it.</exception>
    public double this[OperatorSpec spec] =>
        bySpec.TryGetValue(spec, out LatencyEntry? entry) && entry.Failure is null
            ? Correction?.Apply(spec, entry.MedianMs) ?? entry.MedianMs
            : throw new MissingLatencyException(spec);

    /// <summary>The same entries with another correction, or with none.</summary>
    public LatencyTable With(LatencyCorrection? correction) => With(correction, Environment);

    /// <summary>The same entries with another correction, and other facts of the environment.</summary>
    public LatencyTable With(LatencyCorrection? correction, IReadOnlyDictionary<string, string> environment) =>
        new(Identity, Space, Entries, Created, environment, correction, Members);

    /// <summary>
    /// Both tables' entries in one, without a correction. An operator that is in both keeps the entry of the later table, unless that one
    /// failed and the other did not. The space is kept where both name the same. The cards of both are its members, with the later table's
    /// factors, each with the entries that are left of it; one of which none is left is none.
    /// </summary>
    /// <exception cref="UserErrorException">The identities differ, or one name stands for two cards; the message says which.</exception>
    public static LatencyTable Merge(LatencyTable first, LatencyTable second)
    {
        if (first.Identity.DifferenceFrom(second.Identity) is { } difference)
            throw new UserErrorException(
                $"The two tables cannot be merged: {difference}, so their latencies are not "
                    + "comparable. Measure both on one device in one way."
            );
        (LatencyTable earlier, LatencyTable later) = first.Created <= second.Created ? (first, second) : (second, first);
        Dictionary<OperatorSpec, LatencyEntry> merged = new(earlier.bySpec);
        foreach (LatencyEntry entry in later.Entries)
        {
            if (entry.Failure is null || !merged.TryGetValue(entry.Spec, out LatencyEntry? other) || other.Failure is not null)
                merged[entry.Spec] = entry;
        }
        return new(
            later.Identity,
            Equals(first.Space, second.Space) ? later.Space : null,
            merged.Values,
            later.Created,
            later.Environment,
            members: TableMembers.Merge(earlier, later, merged.Values)
        );
    }
}
