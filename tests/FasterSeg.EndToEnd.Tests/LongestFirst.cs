using Xunit.Sdk;
using Xunit.v3;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Begins with the classes that take minutes: begun last, one would have the end to itself.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // The longest first. One that is not here only begins later.
    private static readonly string[] Long =
    [
        nameof(AgentTests),
        nameof(SlurmTests),
        nameof(ToolsTests),
        nameof(FullDiskTests),
        nameof(RankTests),
        nameof(LostProfilerTests),
        nameof(SweepTests),
        nameof(TenKillsTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place).ThenBy(each => each.TestCollectionDisplayName, StringComparer.Ordinal)];

    // xunit calls a class's own collection "Test collection for <its full name> (id: ...)".
    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        int place = Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
