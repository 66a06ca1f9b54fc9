using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Serialization;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>This node's part of the cluster.</summary>
internal static class Silo
{
    /// <summary>The cluster's id.</summary>
    public const string Cluster = "fasterseg-fleet";

    /// <summary>Adds it: a cluster of one where the store is a folder, else one that meets in the database.</summary>
    public static void Add(WebApplicationBuilder builder, FleetOptions options, FleetStore store)
    {
        builder.Services.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Cluster, Cluster));
        builder.UseOrleans(silo =>
        {
            IPEndPoint at = options.Silo ?? new(IPAddress.Loopback, FreePort());
            if (options.HasServer)
                silo.UseFleetMembership(store);
            else
                silo.UseLocalhostClustering(at.Port, gatewayPort: 0, serviceId: Cluster, clusterId: Cluster);
            silo.Configure<SiloOptions>(node => node.SiloName = NodeBuilds.NewName());
            // No clients beside the nodes themselves: no gateway.
            silo.Configure<EndpointOptions>(endpoint =>
            {
                (endpoint.AdvertisedIPAddress, endpoint.SiloPort, endpoint.GatewayPort) = (at.Address, at.Port, 0);
                endpoint.SiloListeningEndpoint = at;
            });
            // With the defaults the death of two of three nodes stalled the third for 110 s, with these for 3.5 s.
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.NumVotesForDeathDeclaration = 1;
                membership.ProbeTimeout = TimeSpan.FromSeconds(2);
                membership.NumMissedProbesLimit = 1;
                membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
                membership.NumMissedTableIAmAliveLimit = 2;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
                membership.EnableIndirectProbes = false;
                membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
                membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
            });
            // A node that died answers nothing: who waits for it asks again soon.
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(6));
            silo.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("FasterSeg"));
            silo.AddIncomingGrainCallFilter<PlainFaults>();
            silo.Services.AddSingleton<ShutOut>();
            silo.Services.AddSingleton<IFatalErrorHandler>(services => services.GetRequiredService<ShutOut>());
            if (options.SiloCertificate is not { } certificate)
                return;
            var trust = new SiloTrust(SiloFiles.Authorities(options.SiloAuthority!));
            silo.Services.AddSingleton(trust);
            silo.UseTls(tls => Secure(tls, SiloFiles.Certificate(certificate), trust));
        });
    }

    private static void Secure(TlsOptions tls, X509Certificate2 own, SiloTrust trust)
    {
        tls.LocalCertificate = own;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (shown, _, _) => trust.Trusts(shown);
        // Nodes have addresses, not names: who issued their certificates is what counts.
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = Cluster;
    }

    /// <summary>Passes where nobody listens at this node's address yet. The table of nodes takes who comes later for the same node begun
    /// anew, and the one that is there for dead.</summary>
    /// <exception cref="UserErrorException">Somebody does, or this machine has no such address.</exception>
    public static void RequireFree(IPEndPoint? at)
    {
        if (at is null)
            return;
        try
        {
            using var probe = new TcpListener(at);
            probe.Start();
        }
        catch (SocketException fault)
        {
            throw new UserErrorException(
                fault.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"--silo is {at}, where a node of this fleet, or something else, listens already: name an address of this node's "
                        + "own, or stop that one."
                    : $"--silo is {at}, where this machine cannot listen ({fault.Message.TrimEnd('.')}): name an address that it has.",
                fault
            );
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
