namespace FasterSeg.Latency.Tables;

/// <summary>How operators are named in a flat file.</summary>
public enum KeyNaming
{
    /// <summary>Canonical keys, e.g. <c>conv h64 w128 c96-192 s2</c>.</summary>
    Canonical,

    /// <summary>The released code's names, e.g. <c>BasicResidual1x_H64_W128_Cin96_Cout192_stride2_dilation1</c>.</summary>
    Authors,
}
