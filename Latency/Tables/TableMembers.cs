using static System.FormattableString;

namespace FasterSeg.Latency.Tables;

/// <summary>What the cards of a table must satisfy, and how they are counted.</summary>
public static class TableMembers
{
    /// <summary>
    /// The cards of a table, each with the number of its entries: the identity's card has those that were measured and name none. A table
    /// of the identity's card alone has no members; of other cards those without an entry are left out.
    /// </summary>
    /// <param name="identity">The table's identity.</param>
    /// <param name="entries">The table's entries.</param>
    /// <param name="cards">All cards that may have measured some, the identity's among them; their numbers of entries do not count.</param>
    public static IReadOnlyList<TableMember> Of(TableIdentity identity, IEnumerable<LatencyEntry> entries, IEnumerable<TableMember> cards)
    {
        Dictionary<string, int> counts = Counts(entries);
        TableMember[] members =
        [
            .. cards
                .Select(card => card with { Entries = counts.GetValueOrDefault(card.Uuid == identity.DeviceUuid ? "" : card.Id) })
                .Where(card => card.Entries > 0 || card.Uuid == identity.DeviceUuid)
                .OrderBy(card => card.Uuid != identity.DeviceUuid)
                .ThenBy(card => card.Id, StringComparer.Ordinal),
        ];
        return members.Any(member => member.Uuid != identity.DeviceUuid) ? members : [];
    }

    /// <summary>What is wrong with a table's cards, or null.</summary>
    internal static string? Fault(LatencyTable table)
    {
        IReadOnlyList<TableMember> members = table.Members;
        if (members.Count == 0)
            return table.Entries.FirstOrDefault(entry => entry.Device is not null) is { } stray
                ? $"entry '{stray.Spec}' is of the card '{stray.Device}', which is none of the table's members"
                : null;
        if (members.Any(member => member.Id.Length == 0 || member.Uuid.Length == 0))
            return "a member has no id or no uuid";
        if ((Twice(members, member => member.Id) ?? Twice(members, member => member.Uuid)) is { } twice)
            return $"'{twice}' is the name of two members";
        if (members.FirstOrDefault(member => !LatencyEntryRules.IsPositive(member.Factor)) is { } wrong)
            return Invariant($"the factor of the member '{wrong.Id}' is {wrong.Factor}, not a positive number");
        if (members.FirstOrDefault(member => member.Uuid == table.Identity.DeviceUuid) is not { } own)
            return $"none of its members is the card of the identity, '{table.Identity.DeviceUuid}'";
        if (own.Factor != 1)
            return Invariant($"the factor of the identity's own card is {own.Factor}, not 1");
        Dictionary<string, int> counts = Counts(table.Entries);
        foreach (TableMember member in members)
        {
            counts.Remove(member == own ? "" : member.Id, out int counted);
            if (counted != member.Entries)
                return Invariant($"the member '{member.Id}' has {counted} entries and is said to have {member.Entries}");
        }
        counts.Remove("");
        return counts.Count == 0 ? null : $"an entry is of the card '{counts.Keys.First()}', which is none of its other members";
    }

    /// <summary>The cards of two tables of one identity, for the entries that are left of both.</summary>
    internal static IReadOnlyList<TableMember> Merge(LatencyTable earlier, LatencyTable later, IReadOnlyCollection<LatencyEntry> entries)
    {
        Dictionary<string, TableMember> cards = earlier.Members.ToDictionary(member => member.Id);
        foreach (TableMember member in later.Members)
        {
            if (cards.Values.FirstOrDefault(card => (card.Id == member.Id) != (card.Uuid == member.Uuid)) is { } other)
                throw new UserErrorException(
                    $"The two tables cannot be merged: '{other.Id}' ({other.Uuid}) in one and '{member.Id}' ({member.Uuid}) in the other "
                        + "are one name of two cards, or one card with two names. Measure both in one fleet."
                );
            cards[member.Id] = member;
        }
        return Of(later.Identity, entries, cards.Values);
    }

    /// <summary>Measured entries by the card's name, which is empty for the identity's.</summary>
    private static Dictionary<string, int> Counts(IEnumerable<LatencyEntry> entries) =>
        entries
            .Where(entry => entry.Origin == EntryOrigin.Measured)
            .GroupBy(entry => entry.Device ?? "")
            .ToDictionary(group => group.Key, group => group.Count());

    private static string? Twice(IEnumerable<TableMember> members, Func<TableMember, string> name) =>
        members.GroupBy(name).FirstOrDefault(group => group.Count() > 1)?.Key;
}
