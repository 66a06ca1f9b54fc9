using System.Net;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>How a profiler is hosted.</summary>
public sealed record ProfilerHostOptions
{
    /// <summary>Port of a profiler started on its own.</summary>
    public const int DefaultPort = 5151;

    /// <summary>Address and port to listen on; port 0 takes any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>Allows an address that other machines reach, although the connection is neither encrypted nor authenticated.</summary>
    public bool Insecure { get; init; }

    /// <summary>Folder of the finished tables.</summary>
    public string StoreFolder { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "fasterseg", "tables");

    /// <summary>CPU threads of a session where a request does not say.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A program of its own: logs to the console and ends on Ctrl-C. A guest in another program does neither.</summary>
    public bool Standalone { get; init; }
}
