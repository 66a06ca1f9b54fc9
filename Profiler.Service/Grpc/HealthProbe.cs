using FasterSeg.Profiler.Client;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Asks a profiler, or a fleet, on this machine whether it serves: for containers and service managers, whose images have no gRPC
/// client.</summary>
public static class HealthProbe
{
    /// <summary>The argument that makes the profiler's program a probe.</summary>
    public const string Argument = "health";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks once.</summary>
    /// <param name="address">Its URL, on loopback.</param>
    /// <param name="service">What is asked.</param>
    /// <param name="port">Its usual port.</param>
    /// <param name="name">The gRPC service whose health is asked for, which tells the one kind from the other; empty asks whoever is
    /// there.</param>
    /// <returns>The exit code: 0 where it serves, else 1, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string address, string service = "profiler", int port = 5151, string name = "")
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || !url.IsLoopback || url.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync(
                FormattableString.Invariant(
                    $"'{address}' is no address of a {service} on this machine: write it like https://127.0.0.1:{port}."
                )
            );
            return 2;
        }
        try
        {
            // To itself, over loopback: whatever the certificate's name is, the question is whether somebody serves.
            using var handler = new SocketsHttpHandler
            {
                SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => url.IsLoopback },
            };
            using GrpcChannel channel = GrpcChannel.ForAddress(url, new GrpcChannelOptions { HttpHandler = handler });
            HealthCheckResponse answer = await new Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = name },
                deadline: DateTime.UtcNow + Patience
            );
            if (answer.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                return 0;
            await Console.Error.WriteLineAsync($"The {service} at {url} is {answer.Status}.");
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound && name.Length > 0)
        {
            await Console.Error.WriteLineAsync($"What answers at {url} is no {service}: check the address.");
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.DeadlineExceeded)
        {
            await Console.Error.WriteLineAsync(
                FormattableString.Invariant($"The {service} at {url} does not answer within {Patience.TotalSeconds:0} s.")
            );
        }
        catch (RpcException fault)
        {
            Uri? right = ProfilerErrors.MayBeAnotherScheme(fault) ? await PortProbe.OtherSchemeAsync(url, CancellationToken.None) : null;
            await Console.Error.WriteLineAsync(
                (
                    right is null
                        ? ProfilerErrors.Translate(fault, url.ToString(), service)
                        : ProfilerErrors.WrongScheme(url.ToString(), right, fault)
                ).Message
            );
        }
        return 1;
    }
}
