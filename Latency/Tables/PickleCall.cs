namespace FasterSeg.Latency.Tables;

/// <summary>What Python would have made by calling a name; here it is only written down.</summary>
/// <param name="name">The name, one of the few that are known.</param>
/// <param name="arguments">What it would have been called with.</param>
internal sealed class PickleCall(string name, object?[] arguments)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>What it would have been called with.</summary>
    public object?[] Arguments { get; } = arguments;

    /// <summary>What the result would have been given afterwards.</summary>
    public object? State { get; set; }
}
