namespace FasterSeg.Profiler.Client;

/// <summary>What a connection failed of, on this side of it.</summary>
internal enum ConnectionFault
{
    /// <summary>Something was answered that breaks HTTP/2's rules.</summary>
    Foreign,

    /// <summary>The host's name has no address.</summary>
    UnknownHost,

    /// <summary>No way leads to the machine, or nothing there answers.</summary>
    NoWay,

    /// <summary>The machine is there, and nobody listens on the port.</summary>
    Refused,

    /// <summary>The connection was taken, and then nothing came.</summary>
    Silent,

    /// <summary>TLS: the certificate is another name's.</summary>
    OtherName,

    /// <summary>TLS: no agreement for another reason.</summary>
    Untrusted,

    /// <summary>The other side ended it.</summary>
    Cut,
}
