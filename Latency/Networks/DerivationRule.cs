namespace FasterSeg.Latency.Networks;

/// <summary>How networks are derived from architecture parameters.</summary>
public enum DerivationRule
{
    /// <summary>The released code's rule without its slips (docs/decisions/0002-derivation.md).</summary>
    Corrected,

    /// <summary>Exactly as the released code, slips included: reproduces the published networks.</summary>
    Released,

    /// <summary>The most probable student whose estimate lies in the target band (<c>BandDerivation</c>); a teacher as under
    /// <see cref="Corrected"/>.</summary>
    Banded,
}
