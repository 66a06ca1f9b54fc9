namespace FasterSeg.Profiler.Client;

/// <summary>
/// How long a connection to a profiler is waited for. A living profiler is waited for as long as its connection stands: these limits
/// end only what gives no sign of life, and are so long that a busy machine is not mistaken for a dead one.
/// </summary>
/// <param name="Reach">Until the machine takes the connection; its kernel does, however busy its programs are.</param>
/// <param name="Handshake">Until the connection stands, with its TLS handshake where there is one.</param>
/// <param name="Quiet">A connection that brought nothing for so long is asked for a sign of life (an HTTP/2 ping).</param>
/// <param name="Silence">Without one for so long it is dead: the machine lost its power, or never spoke HTTP/2.</param>
internal sealed record ConnectionPatience(TimeSpan Reach, TimeSpan Handshake, TimeSpan Quiet, TimeSpan Silence)
{
    /// <summary>What the commands use.</summary>
    public static ConnectionPatience Default { get; } =
        new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40));
}
