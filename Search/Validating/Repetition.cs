namespace FasterSeg.Search.Validating;

/// <summary>Which of a network's measurements. A device's state changes for minutes at a time, so a network that is measured often is
/// measured in passes, each over all networks.</summary>
public enum Repetition
{
    /// <summary>The first, third, ... pass.</summary>
    First,

    /// <summary>The second, fourth, ... pass: held against the first ones, they say how well a measurement predicts another one.</summary>
    Second,

    /// <summary>All passes: what estimates are judged by, and what a correction learns from.</summary>
    All,
}
