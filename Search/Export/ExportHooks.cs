namespace FasterSeg.Search.Export;

/// <summary>What an export tells while it goes on, and what ends it.</summary>
/// <param name="Say">Told where the comparison takes long, a sentence.</param>
/// <param name="Cancellation">Stops the comparison between one answer and the next.</param>
public sealed record ExportHooks(Action<string> Say, CancellationToken Cancellation);
