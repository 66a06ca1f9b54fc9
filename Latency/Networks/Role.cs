namespace FasterSeg.Latency.Networks;

/// <summary>Which of the two networks that are searched together.</summary>
public enum Role
{
    /// <summary>Full width, pays no latency, teaches.</summary>
    Teacher = 0,

    /// <summary>Searched widths, pays latency, is deployed.</summary>
    Student = 1,
}
