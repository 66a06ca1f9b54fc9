namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>A limit of time that was passed.</summary>
/// <param name="What">As a part of a sentence: <c>took longer than 60 s to build the model</c>.</param>
/// <param name="Option">Name of the option that raises it; null where none does.</param>
public sealed record TimeExcess(string What, string? Option);
