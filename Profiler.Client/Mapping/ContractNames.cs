using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client.Mapping;

/// <summary>Names of execution providers and precisions, as tables and configurations spell them, to and from the wire.</summary>
public static class ContractNames
{
    private const string Unknown = "unknown";

    /// <summary>The provider of a name; unspecified where there is none of it.</summary>
    public static Proto.ExecutionProvider Provider(string name) =>
        Enum.TryParse(name, ignoreCase: true, out Proto.ExecutionProvider provider) ? provider : default;

    /// <summary>The precision of a name; unspecified where there is none of it.</summary>
    public static Proto.Precision Precision(string name) =>
        Enum.TryParse(name, ignoreCase: true, out Proto.Precision precision) ? precision : default;

    /// <summary>One of <see cref="FasterSeg.Latency.Tables.ExecutionProviders"/>.</summary>
    public static string NameOf(Proto.ExecutionProvider provider) => Name(provider);

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public static string NameOf(Proto.Precision precision) => Name(precision);

    /// <summary>What a request asks for, as it is named in answers; null where it leaves that open. What this build does not know goes by
    /// its number.</summary>
    public static string? Asked<T>(T value)
        where T : struct, Enum => value.Equals(default(T)) ? null : value.ToString().ToLowerInvariant();

    private static string Name<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? Asked(value) ?? Unknown : Unknown;
}
