using System.Globalization;
using System.Net;
using FasterSeg.Operators;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>The command line of a profiler started on its own.</summary>
public static class ServiceArguments
{
    /// <summary>What the command line can say.</summary>
    public const string Usage = """
        fasterseg-profiler [--listen ADDRESS:PORT] [--store DIR] [--threads N] [--metrics ADDRESS:PORT] [--locks DIR] [engine] [security]
        fasterseg-profiler new-key NAME      make an access key
        fasterseg-profiler health URL        exit code 0 where a profiler on this machine serves at URL

          --listen    address and port to listen on (127.0.0.1:5151)
          --store     folder of jobs, measurements and tables (fasterseg/tables in the user's data folder)
          --threads   CPU threads of a session where a request does not say (1)
          --locks     folder of the locks that keep two profilers off one device (the temporary folder)
          --metrics   address and port of a page for Prometheus, /metrics; none by default

        What it measures with; a GPU needs a build for it, see docs/gpu.md:
          --provider cpu|cuda|tensorrt   ONNX Runtime's execution provider (cpu)
          --precision fp32|fp16|int8     precision of the arithmetic (fp32)
          --device N                     number of the GPU, as nvidia-smi counts (0)
          --caches DIR                   folder of TensorRT's engines (a folder in the temporary one)
          --cache-limit MIB              most that they may take (16384)

        Security; an address that other machines can reach needs TLS, and keys or client certificates:
          --tls-certificate FILE  the server's certificate: PEM, or PKCS#12 without a password
          --tls-key FILE          its private key, where that is a PEM file of its own
          --access-keys FILE      every call needs one of these keys; a line for each, which new-key makes
          --client-ca FILE        every client needs a certificate that one of these authorities (PEM) issued
          --insecure              none of it, on a network that is trusted
        """;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">An argument is unknown or has no usable value.</exception>
    public static ProfilerHostOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ProfilerHostOptions { Standalone = true };
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            options = name switch
            {
                "--insecure" => options with { Security = options.Security with { Insecure = true } },
                "--tls-certificate" => options with { Security = options.Security with { Certificate = Value(ref i) } },
                "--tls-key" => options with { Security = options.Security with { CertificateKey = Value(ref i) } },
                "--access-keys" => options with { Security = options.Security with { AccessKeys = Value(ref i) } },
                "--client-ca" => options with { Security = options.Security with { ClientAuthority = Value(ref i) } },
                "--listen" => options with { Listen = EndPoint(Value(ref i)) },
                "--store" => options with { StoreFolder = Path.GetFullPath(Value(ref i)) },
                "--locks" => options with { LockFolder = Path.GetFullPath(Value(ref i)) },
                "--metrics" => options with { Metrics = EndPoint(Value(ref i)) },
                "--threads" => options with { Threads = Number(Value(ref i), "number of threads") },
                "--provider" => options with { Engine = options.Engine with { Provider = Value(ref i) } },
                "--precision" => options with { Engine = options.Engine with { Precision = Value(ref i) } },
                "--device" => options with { Engine = options.Engine with { Device = Number(Value(ref i), "number of a GPU") } },
                "--caches" => options with { Engine = options.Engine with { CachesFolder = Path.GetFullPath(Value(ref i)) } },
                "--cache-limit" => options with { Engine = options.Engine with { CacheLimitBytes = (long)Number(Value(ref i), "number of MiB") << 20 } },
                _ => throw new UsageException($"'{name}' is not an argument of the profiler; these are:\n{Usage}"),
            };

            string Value(ref int position) => ++position < arguments.Count && arguments[position].Length > 0
                ? arguments[position]
                : throw new UsageException($"{name} needs a value; for example: --listen 127.0.0.1:5151 --store tables --threads 1.");
        }
        return options with { Engine = options.Engine.Checked() };
    }

    private static IPEndPoint EndPoint(string text)
    {
        string numeric = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        // Without the colon a bare port would read as an address.
        return numeric.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(numeric, out IPEndPoint? endPoint)
            ? endPoint
            : throw new UsageException($"'{text}' is not an address and port to listen on: write one like 127.0.0.1:5151 or [::1]:5151.");
    }

    private static int Number(string text, string what) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new UsageException($"'{text}' is not a {what}.");
}
