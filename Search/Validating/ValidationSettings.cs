using FasterSeg.Profiler.Client;

namespace FasterSeg.Search.Validating;

/// <summary>What was asked of a validation. A file goes on only with the settings that it was begun with.</summary>
/// <param name="Reporting">Held-out networks, at least 4: one of each kind.</param>
/// <param name="Fitting">Networks that a correction may learn from; 0 where there is none to fit.</param>
/// <param name="Seed">Draws the networks and the order of measuring.</param>
/// <param name="Passes">How often every network is measured, in another order each time.</param>
/// <param name="Measuring">How each network is measured.</param>
public sealed record ValidationSettings(int Reporting, int Fitting, int Seed, int Passes, MeasuringOptions Measuring);
