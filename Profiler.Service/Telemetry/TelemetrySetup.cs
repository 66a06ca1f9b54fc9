using System.Net;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FasterSeg.Profiler.Service.Telemetry;

/// <summary>Brings metrics and traces to where they are asked for: a Prometheus page, or an OpenTelemetry collector.</summary>
internal static class TelemetrySetup
{
    private const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // .NET's own: managed heap, collections, threads.
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Adds the exporters that options and environment ask for; none by default.</summary>
    public static void Add(WebApplicationBuilder builder, IPEndPoint? metrics)
    {
        bool collector = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(CollectorVariable));
        if (metrics is null && !collector)
            return;
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("fasterseg-profiler"))
            .WithMetrics(each =>
            {
                each.AddMeter(ProfilerTelemetry.Name, RuntimeMeter).AddAspNetCoreInstrumentation();
                if (metrics is not null)
                    each.AddPrometheusExporter();
                if (collector)
                    each.AddOtlpExporter();
            })
            .WithTracing(each =>
            {
                each.AddSource(ProfilerTelemetry.Name).AddAspNetCoreInstrumentation();
                if (collector)
                    each.AddOtlpExporter();
            });
    }

    /// <summary>Answers <c>/metrics</c> at the metrics' address, and nowhere else.</summary>
    public static void Map(WebApplication application, IPEndPoint? metrics)
    {
        if (metrics is null)
            return;
        // By the socket that the call came in at: a host's name is whatever the caller writes.
        application.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == "/metrics"
            && context.Connection.LocalPort == metrics.Port
            && IsAt(metrics.Address, context.Connection.LocalIpAddress)
        );
    }

    private static bool IsAt(IPAddress listened, IPAddress? local) =>
        listened.Equals(IPAddress.Any) || listened.Equals(IPAddress.IPv6Any) || listened.Equals(local);
}
