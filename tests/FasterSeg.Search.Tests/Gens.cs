using CsCheck;

namespace FasterSeg.Search.Tests;

/// <summary>Generators that several tests share.</summary>
public static class Gens
{
    /// <summary>One of some values.</summary>
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
