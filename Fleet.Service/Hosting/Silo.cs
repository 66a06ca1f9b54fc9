using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Client;
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
            if (options.SiloCertificate is { } certificate)
                silo.UseTls(tls => Secure(tls, certificate, options.SiloAuthority!));
        });
    }

    private static void Secure(TlsOptions tls, string certificate, string authority)
    {
        X509Certificate2 own = PemFiles.CertificateWithKey(certificate);
        X509Certificate2Collection authorities = PemFiles.Authorities(authority);
        tls.LocalCertificate = own;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (shown, _, _) => IsOfOurs(shown, authorities);
        // Nodes have addresses, not names: who issued their certificates is what counts.
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = Cluster;
    }

    private static bool IsOfOurs(X509Certificate2? shown, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = PemFiles.TrustOnly(authorities) };
        return shown is not null && chain.Build(shown);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
