using System.CommandLine;
using System.Globalization;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Latency;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>The command line of a node, and the environment variables beside it: <c>FASTERSEG_FLEET_TLS_KEY</c> is
/// <c>--tls-key</c>.</summary>
internal sealed class FleetArguments
{
    private const string Prefix = "FASTERSEG_FLEET_";

    private readonly Option<string?> listen = Text("--listen", "ADDRESS:PORT", "where clients and devices call (127.0.0.1:5250)"),
        store = Text(
            "--store",
            "DIR|\"Host=...\"",
            "a folder for a fleet of one node (fasterseg/fleet in the user's data folder), or PostgreSQL's connection string for one of "
                + "many"
        ),
        silo = Text("--silo", "ADDRESS:PORT", "where the other nodes reach this one (this machine alone, any port)"),
        siloCertificate = Text("--silo-certificate", "FILE", "PEM with a certificate and its key, which this node shows the others"),
        siloAuthority = Text("--silo-ca", "FILE", "PEM of the authority of all nodes' certificates"),
        certificate = Text("--tls-certificate", "FILE", "the server's certificate: PEM, or PKCS#12 without a password"),
        certificateKey = Text("--tls-key", "FILE", "its private key, where that is a PEM file of its own"),
        accessKeys = Text("--access-keys", "FILE", "every call needs one of these keys; a line for each, which new-key makes"),
        clientAuthority = Text("--client-ca", "FILE", "every client needs a certificate that one of these authorities (PEM) issued");
    private readonly Option<string?> connections = Text(
            "--connections",
            "N",
            $"most connections at a time; a device is one ({FleetOptions.DefaultConnections})"
        ),
        agentTerm = Text(
            "--agent-term",
            "N",
            $"how long an agent keeps a chain of a sweep without a sign of life, s ({SchedulingRules.DefaultChainSeconds})"
        );
    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "neither TLS nor keys, on a network that is trusted",
        DefaultValueFactory = _ => bool.TryParse(Variable("--insecure"), out bool set) && set,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (
            Option option in new Option[]
            {
                listen,
                store,
                silo,
                siloCertificate,
                siloAuthority,
                certificate,
                certificateKey,
                accessKeys,
                clientAuthority,
                connections,
                agentTerm,
                insecure,
            }
        )
            command.Options.Add(option);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="UsageException">An address or a number is none.</exception>
    public FleetOptions Read(ParseResult parsed)
    {
        var options = new FleetOptions
        {
            Standalone = true,
            Connections = Number(parsed, connections) ?? FleetOptions.DefaultConnections,
            Rules = new() { ChainTerm = TimeSpan.FromSeconds(Number(parsed, agentTerm) ?? SchedulingRules.DefaultChainSeconds) },
            Silo = Address(parsed, silo),
            SiloCertificate = File(parsed, siloCertificate),
            SiloAuthority = File(parsed, siloAuthority),
            Security = new()
            {
                Certificate = File(parsed, certificate),
                CertificateKey = File(parsed, certificateKey),
                AccessKeys = File(parsed, accessKeys),
                ClientAuthority = File(parsed, clientAuthority),
                Insecure = parsed.GetValue(insecure),
            },
        };
        if (Address(parsed, listen) is { } named)
            options = options with { Listen = named };
        if (parsed.GetValue(store) is { Length: > 0 } where)
            options = options with { Store = where };
        return options.HasServer ? options : options with { Store = Path.GetFullPath(options.Store) };
    }

    private static Option<string?> Text(string name, string placeholder, string help) =>
        new(name)
        {
            Description = help,
            HelpName = placeholder,
            DefaultValueFactory = _ => Variable(name),
        };

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(Prefix + name.TrimStart('-').Replace('-', '_').ToUpperInvariant());

    private static string? File(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    private static int? Number(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
        : throw new UsageException($"{option.Name} is '{text}', which is no whole number: write one like 600.");

    private static System.Net.IPEndPoint? Address(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { Length: > 0 } text
            ? null
            : ListenAddress.Parse(text)
                ?? throw new UsageException(
                    $"{option.Name} is '{text}', not an address and port to listen on: write one like 127.0.0.1:5250 or [::1]:5250."
                );
}
