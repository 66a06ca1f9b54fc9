namespace FasterSeg.Search.Validating;

/// <summary>What a network of a validation is for. It is fixed before anything is measured, and nothing is fitted on what is
/// reported.</summary>
public enum NetworkUse
{
    /// <summary>Held out: the figures that a table is trusted by come from these alone.</summary>
    Reporting,

    /// <summary>A correction of the plain sums may learn from these.</summary>
    Fitting,
}
