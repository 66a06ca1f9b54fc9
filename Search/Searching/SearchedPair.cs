using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Searching;

/// <summary>What a run's <c>search.json</c> keeps of one of the two branch pairs of a role.</summary>
/// <param name="Role">Whose.</param>
/// <param name="ShallowScale">The other branch than the one at 32 ends at 1/8 or 1/16.</param>
/// <param name="SupernetMeanIou">Of the supernet's head on that pair of maps, 0 to 1; null where nobody measured it.</param>
/// <param name="EstimateMs">Of the derived network, from the table of the search.</param>
/// <param name="Chosen">Whether the role became this one.</param>
public sealed record SearchedPair(Role Role, int ShallowScale, double? SupernetMeanIou, double EstimateMs, bool Chosen);
