namespace FasterSeg.Latency;

/// <summary>Says what a setting's number counts, for those who list settings.</summary>
/// <param name="name">E.g. <c>pixels</c> or <c>s</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UnitAttribute(string name) : Attribute
{
    /// <summary>The unit.</summary>
    public string Name { get; } = name;
}
