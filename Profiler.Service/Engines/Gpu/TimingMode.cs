namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>Ways to time a run on a GPU. The numbers of two are not comparable, so the way is part of a table's protocol.</summary>
public static class TimingMode
{
    /// <summary>By CUDA events on a stream of ours, around runs that are queued one behind the other.</summary>
    public const string Events = "events";

    /// <summary>By the host's clock, around runs that begin and end with an idle device.</summary>
    public const string Synchronized = "synchronized";

    /// <summary>Events where the provider can be told the stream, else synchronized runs: events on another stream would time
    /// nothing.</summary>
    public static string Of(GpuStack stack) => stack.TakesStream ? Events : Synchronized;

    /// <summary>The protocol with the way that its runs are timed, and how they are started where that is not kernel by kernel.</summary>
    public static string Protocol(string protocol, GpuStack stack, bool graphs = false) =>
        $"{protocol} timing={Of(stack)}{(graphs ? " start=cuda-graph" : "")}";
}
