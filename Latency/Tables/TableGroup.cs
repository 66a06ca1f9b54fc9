namespace FasterSeg.Latency.Tables;

/// <summary>Some entries of a table that have something in common.</summary>
/// <param name="Name">What they have in common, e.g. <c>zoomed_conv_2x</c> or <c>1/16 (64x128)</c>.</param>
/// <param name="Count">Number of entries.</param>
/// <param name="Range">Spread of their latencies; null where none has one.</param>
public sealed record TableGroup(string Name, int Count, LatencyRange? Range);
