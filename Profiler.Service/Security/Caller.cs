using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Who calls.</summary>
internal static class Caller
{
    /// <summary>The role that may cancel everybody's jobs.</summary>
    public const string OperatorRole = "operator";

    /// <summary>The role that may join a fleet, and do nothing else.</summary>
    public const string DeviceRole = "device";

    private const string HealthService = "grpc.health.v1.Health",
        Watch = "Watch",
        Metrics = "/metrics";

    // A machine has as many addresses of version 6 as it likes within its network of 64 bits.
    private const int NetworkBytes = 8;

    /// <summary>The owner of the access key, else the subject of the certificate, else the address, which all programs of a machine
    /// share.</summary>
    public static string Client(this HttpContext context) =>
        context.User.Identity?.Name is { } owner ? "key " + owner
        : context.Connection.ClientCertificate is { } certificate ? "certificate " + certificate.Subject
        : "address " + Network(context.Connection.RemoteIpAddress);

    /// <summary>Whether the caller has shown who it is: by a key, or by a certificate.</summary>
    public static bool IsKnown(this HttpContext context) =>
        context.User.Identity?.Name is not null || context.Connection.ClientCertificate is not null;

    /// <summary>Whether the caller may cancel everybody's jobs: its key says so; or nobody shows who he is here, and it is a program of
    /// this very machine.</summary>
    public static bool IsOperator(this HttpContext context) =>
        context.User.IsInRole(OperatorRole) || (!context.IsKnown() && context.IsOfThisMachine());

    /// <summary>Whether the call comes from this very machine.</summary>
    public static bool IsOfThisMachine(this HttpContext context) => IsOfThisMachine(context.Connection.RemoteIpAddress);

    /// <summary>Whether an address is this very machine's own.</summary>
    public static bool IsOfThisMachine(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    /// <summary>Whether the call asks for the health, which needs no key. Its endpoint says so and not its path, of which routing takes
    /// more spellings than one.</summary>
    public static bool AsksForHealth(this HttpContext context) => !context.AsksForPage() && MethodOf(context)?.ServiceName == HealthService;

    /// <summary>Whether it wants to hear of every change of the health.</summary>
    public static bool WatchesHealth(this HttpContext context) => MethodOf(context) is { ServiceName: HealthService, Name: Watch };

    /// <summary>Whether the call asks for the metrics' page, which has an address of its own and needs no key.</summary>
    public static bool AsksForMetrics(this HttpContext context) => context.Request.Path == Metrics && !context.AsksForPage();

    /// <summary>Whether it came in where the page for people is.</summary>
    public static bool AsksForPage(this HttpContext context) => context.Features.Get<PageConnection>() is not null;

    /// <summary>An address, or of version 6 its network.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address.ToString();
        byte[] bytes = address.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return $"{new IPAddress(bytes)}/{8 * NetworkBytes}";
    }

    private static IMethod? MethodOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<global::Grpc.AspNetCore.Server.GrpcMethodMetadata>()?.Method;

    /// <summary>The owner of a key as a principal.</summary>
    public static ClaimsPrincipal Of(KeyOwner owner)
    {
        var name = new Claim(ClaimTypes.Name, owner.Name);
        return new(new ClaimsIdentity(owner.Role is { } role ? [name, new Claim(ClaimTypes.Role, role)] : [name], "access key"));
    }
}
