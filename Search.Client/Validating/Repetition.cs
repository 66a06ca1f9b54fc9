namespace FasterSeg.Search.Client.Validating;

/// <summary>Which of a network's measurements. A device's state changes for minutes at a time, so a network that is measured often is measured in passes, each over all networks.</summary>
public enum Repetition
{
    /// <summary>The first, third, ... pass: what estimates are judged by.</summary>
    First,

    /// <summary>The second, fourth, ... pass: how well a measurement predicts the next one.</summary>
    Second,

    /// <summary>All passes: what a correction learns from.</summary>
    Both,
}
