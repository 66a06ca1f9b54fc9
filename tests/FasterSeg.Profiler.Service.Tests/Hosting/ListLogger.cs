using System.Collections.Concurrent;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger<T> : LineLogger<T>
{
    private readonly ConcurrentQueue<string> lines;

    public ListLogger()
        : this([]) { }

    private ListLogger(ConcurrentQueue<string> lines)
        : base(lines.Enqueue) => this.lines = lines;

    public IReadOnlyCollection<string> Lines => lines;
}
