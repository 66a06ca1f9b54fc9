using FasterSeg.Latency;
using FasterSeg.Profiler.Client;

namespace FasterSeg.Search.Client.Hosting;

/// <summary>The profiler that a command measures with.</summary>
internal static class Profilers
{
    /// <summary>Connects to the profiler or fleet at an address or, without one, to a profiler hosted inside this program, on this
    /// machine's CPU.</summary>
    /// <param name="profiler">What <c>--profiler</c> and <c>--pool</c> name; null hosts one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="say">Told in one line where the answer is long in coming; null tells nobody.</param>
    /// <exception cref="UsageException">The address is no URL, or a limit of the hosted profiler is wrong.</exception>
    /// <exception cref="ProfilerUnreachableException">Nobody listens there, or what does gives no sign of life, or is no
    /// profiler.</exception>
    public static async Task<ProfilerConnection> OpenAsync(
        ProfilerAddress? profiler,
        CancellationToken cancellationToken,
        Action<string>? say = null
    ) => await OpenAsync(profiler, say, hasOption: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Hosts a profiler inside this program for a command that has no option to name another.</summary>
    /// <param name="say">Told in one line where the answer is long in coming.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">A limit of the hosted profiler is wrong.</exception>
    /// <exception cref="UserErrorException">Another profiler measures on this machine already.</exception>
    public static Task<ProfilerConnection> HostAsync(Action<string> say, CancellationToken cancellationToken) =>
        OpenAsync(null, say, hasOption: false, cancellationToken);

    private static async Task<ProfilerConnection> OpenAsync(
        ProfilerAddress? profiler,
        Action<string>? say,
        bool hasOption,
        CancellationToken cancellationToken
    )
    {
        if (profiler is not null)
            return await ProfilerConnection
                .OpenAsync(profiler.Url, profiler.Pool, say, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        (Uri address, IAsyncDisposable host) = await InProcessProfiler.StartAsync(hasOption, cancellationToken).ConfigureAwait(false);
        return await ProfilerConnection.OpenHostedAsync(address, host, cancellationToken, say).ConfigureAwait(false);
    }
}
