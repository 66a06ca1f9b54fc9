using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Searching;

/// <summary>The pair of branches that wins for a role by the paper's objective, and the one that lost.</summary>
public sealed record RoleChoice(Role Role, DerivedPair Winner, DerivedPair Other);
