namespace FasterSeg.Search.Regularizing;

/// <summary>The kinds of parameter that a latency depends on. What is not free is held: operators all as likely, coming down as likely as
/// being kept, every map at full width.</summary>
[Flags]
public enum FreeParameters
{
    /// <summary>The weights of the operators.</summary>
    Alpha = 1,

    /// <summary>The weights of the paths.</summary>
    Beta = 2,

    /// <summary>The probabilities of the widths, from gamma.</summary>
    Widths = 4,

    /// <summary>All three.</summary>
    All = Alpha | Beta | Widths,
}
