namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>How a device stands to its pool in one way to measure.</summary>
internal abstract record Standing
{
    /// <summary>Its numbers are the pool's, but for a factor.</summary>
    public sealed record Ready(double Factor) : Standing;

    /// <summary>It measures these operators first, to be compared.</summary>
    public sealed record Compare(IReadOnlyList<string> Keys) : Standing;

    /// <summary>It waits for the reference's numbers.</summary>
    public sealed record Waits : Standing;

    /// <summary>It is drained or set aside.</summary>
    public sealed record Excused : Standing;

    /// <summary>Its numbers are none of the pool's.</summary>
    public sealed record Refused(string Reason) : Standing;
}
