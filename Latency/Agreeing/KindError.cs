namespace FasterSeg.Latency.Agreeing;

/// <summary>The error over the reporting networks of one kind.</summary>
/// <param name="Kind">E.g. <c>teacher 32+8</c>.</param>
/// <param name="Networks">How many.</param>
/// <param name="Bias">Mean relative error.</param>
/// <param name="Mape">Mean absolute relative error.</param>
public sealed record KindError(string Kind, int Networks, double Bias, double Mape);
