using System.Net;
using System.Net.Sockets;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FasterSeg.Search.Client.Hosting;

/// <summary>Hosts pages for browsers inside this program.</summary>
internal static class PageHost
{
    // Of which one that says nothing takes some kilobytes. Those who look on are few; a browser may keep six.
    private const int MostConnections = 1000;

    /// <summary>How long a connection may stay on which nothing is asked.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>An answer with a tag of its content: a browser that has it already gets no more than that.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="type">Its media type.</param>
    public static IResult Tagged(byte[] bytes, string type) => PageAnswers.Tagged(bytes, type);

    /// <summary>Has a browser obey nothing that slipped into a page.</summary>
    /// <param name="response">The answer, of which nothing is sent yet.</param>
    public static void Guard(HttpResponse response) => PageAnswers.Guard(response);

    /// <summary>Starts a server of pages.</summary>
    /// <param name="listen">Where; port 0 takes any free one.</param>
    /// <param name="map">Adds the pages.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <returns>The server; disposing of it ends it.</returns>
    /// <exception cref="UserErrorException">It cannot listen there.</exception>
    public static async Task<WebApplication> StartAsync(IPEndPoint listen, Action<WebApplication> map, CancellationToken cancellation)
    {
        // Nothing implicit, no settings or environment of anybody's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxConcurrentConnections = MostConnections;
                // An open page asks every three seconds.
                (kestrel.Limits.KeepAliveTimeout, kestrel.Limits.RequestHeadersTimeout) = (Patience, Patience);
                kestrel.Limits.MaxRequestBodySize = 0;
                kestrel.Listen(listen, each => each.Protocols = HttpProtocols.Http1);
            });
        builder.Services.AddRoutingCore();
        // On loopback a page of somebody else's must not read these by a name that it lets point here.
        if (IPAddress.IsLoopback(listen.Address))
            builder.Services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = [.. PageAnswers.LoopbackHosts]);
        // The default lifetime takes Ctrl-C for itself.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, GuestLifetime>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication application = builder.Build();
        application.UseHostFiltering();
        map(application);
        try
        {
            await application.StartAsync(cancellation);
            return application;
        }
        catch (Exception fault)
        {
            await application.DisposeAsync();
            if (fault is IOException or SocketException)
                throw new UserErrorException(
                    $"The pages cannot be served on {listen}: {fault.Message.TrimEnd('.')}. Name another address with --listen.",
                    fault
                );
            throw;
        }
    }
}
