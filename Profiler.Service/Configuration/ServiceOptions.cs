using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>All that can be set, in the order of the help. A further option is a further line here, and a property that it sets.</summary>
public static class ServiceOptions
{
    private const int MostCalls = 1_000_000,
        MostDays = 36_500;
    private const double LongestSeconds = 86_400;

    /// <summary>Names of those that mean something to a profiler that another program hosts, too: what a measurement may take.</summary>
    public static IReadOnlyList<string> OfHosted { get; } =
    [WorkerLimits.MemoryOption, WorkerLimits.BuildOption, WorkerLimits.MeasuringOption];

    /// <summary>The options.</summary>
    public static IReadOnlyList<ServiceOption> All { get; } =
    [
        ServiceOption.Address("listen", "address and port to listen on (127.0.0.1:5151)", (o, value) => o with { Listen = value }),
        ServiceOption.Path(
            "store",
            "DIR",
            "folder of jobs, measurements and tables (fasterseg/tables in the user's data folder)",
            (o, value) => o with { StoreFolder = value }
        ),
        // How many cores there are is a rule of the host's.
        ServiceOption.Whole("threads", "N", "CPU threads of a session where a request does not say (1)", 1, int.MaxValue, (o, value) =>
            o with
            {
                Threads = value,
            }
        ),
        ServiceOption.Path(
            "locks",
            "DIR",
            "folder of the locks that keep two profilers off one device (the temporary folder)",
            (o, value) => o with { LockFolder = value }
        ),
        ServiceOption.Flag(
            ProfilerHostOptions.SharesDeviceOption,
            "measures beside profilers with other --locks, which disturbs all of them; for tests",
            (o, value) => o with { SharesDevice = value }
        ),
        ServiceOption.Whole(
            "keep-tables",
            "N",
            "tables of one device and space, and jobs that ended without one, that the store keeps "
                + $"({RetentionPolicy.DefaultVersions}); the newest always stays",
            1,
            int.MaxValue,
            (o, value) => o with { Retention = o.Retention with { Versions = value } }
        ),
        ServiceOption.Whole("keep-days", "N", $"how old they become ({RetentionPolicy.DefaultDays})", 1, MostDays, (o, value) =>
            o with
            {
                Retention = o.Retention with { Days = value },
            }
        ),
        ServiceOption.Whole(
            "store-limit",
            "MIB",
            $"what the store may hold; beyond it the oldest go first ({RetentionPolicy.DefaultLimitMiB})",
            1,
            int.MaxValue,
            (o, value) => o with { Retention = o.Retention with { LimitMiB = value } }
        ),
        ServiceOption.Address("metrics", "address and port of a page for Prometheus, /metrics; none by default", (o, value) =>
            o with
            {
                Metrics = value,
            }
        ),
        ServiceOption.AddressOrNone(
            "page",
            "address and port of a page for people, in a browser, behind the same keys; off has none "
                + $"({ProfilerHostOptions.DefaultPage}, if it is free)",
            (o, value) => o with { Page = value, PageMayLack = false }
        ),
        ServiceOption.Text(
            JoinOptions.Option,
            "URL[,URL...]",
            "joins the fleet of these nodes and measures for it too; FASTERSEG_PROFILER_KEY has the device's key",
            (o, value) => o with { Join = o.Join with { Fleets = JoinOptions.ParseFleets(value) } }
        ),
        ServiceOption.Text(JoinOptions.NameOption, "NAME", "its name there (the machine's); for two on one machine", (o, value) =>
            o with
            {
                Join = o.Join with { Name = JoinOptions.ParseName(value) },
            }
        ),
        ServiceOption.Choice("log-format", "lines of text, or of JSON with scopes (text)", ["text", "json"], (o, value) =>
            o with
            {
                LogFormat = Enum.Parse<LogFormat>(value, ignoreCase: true),
            }
        ),
        ServiceOption.Choice("provider", "ONNX Runtime's execution provider (cpu)", ExecutionProviders.All, (o, value) =>
            o with
            {
                Engine = o.Engine with { Provider = value },
            }
        ),
        ServiceOption.Choice("precision", "precision of the arithmetic (fp32)", Precisions.All, (o, value) =>
            o with
            {
                Engine = o.Engine with { Precision = value },
            }
        ),
        ServiceOption.Whole("device", "N", "number of the GPU, as nvidia-smi counts (0)", 0, 1023, (o, value) =>
            o with
            {
                Engine = o.Engine with { Device = value },
            }
        ),
        ServiceOption.Flag("cuda-graphs", "replays each model on a GPU as one CUDA graph (off)", (o, value) =>
            o with
            {
                Engine = o.Engine with { CudaGraphs = value },
            }
        ),
        ServiceOption.Path("caches", "DIR", "folder of TensorRT's engines (a folder in the temporary one)", (o, value) =>
            o with
            {
                Engine = o.Engine with { CachesFolder = value },
            }
        ),
        ServiceOption.Whole("cache-limit", "MIB", "most that they may take (16384)", 1, int.MaxValue, (o, value) =>
            o with
            {
                Engine = o.Engine with { CacheLimitBytes = (long)value << 20 },
            }
        ),
        ServiceOption.Path("tls-certificate", "FILE", "the server's certificate: PEM, or PKCS#12 without a password", (o, value) =>
            o with
            {
                Security = o.Security with { Certificate = value },
            }
        ),
        ServiceOption.Path("tls-key", "FILE", "its private key, where that is a PEM file of its own", (o, value) =>
            o with
            {
                Security = o.Security with { CertificateKey = value },
            }
        ),
        ServiceOption.Path("access-keys", "FILE", "every call needs one of these keys; a line for each, which new-key makes", (o, value) =>
            o with
            {
                Security = o.Security with { AccessKeys = value },
            }
        ),
        ServiceOption.Path("client-ca", "FILE", "every client needs a certificate that one of these authorities (PEM) issued", (o, value) =>
            o with
            {
                Security = o.Security with { ClientAuthority = value },
            }
        ),
        ServiceOption.Flag("insecure", "neither TLS nor keys, on a network that is trusted", (o, value) =>
            o with
            {
                Security = o.Security with { Insecure = value },
            }
        ),
        ServiceOption.Whole(
            WorkerLimits.MemoryOption,
            "MIB",
            "resident memory of the process that measures (four fifths of what there is)",
            64,
            int.MaxValue,
            (o, value) => o with { Limits = o.Limits with { MemoryBytes = (long)value << 20 } }
        ),
        ServiceOption.Seconds(
            WorkerLimits.BuildOption,
            $"time to load and build a model and run it once ({WorkerLimits.DefaultBuildSeconds})",
            LongestSeconds,
            (o, value) => o with { Limits = o.Limits with { BuildSeconds = value } }
        ),
        ServiceOption.Seconds(
            WorkerLimits.MeasuringOption,
            "time to measure it, beyond twice the caps of warm-up and sampling and its fewest runs "
                + $"({WorkerLimits.DefaultMeasuringSeconds})",
            LongestSeconds,
            (o, value) => o with { Limits = o.Limits with { MeasuringSeconds = value } }
        ),
        ServiceOption.Whole(
            "upload-mib",
            "MIB",
            $"largest model file ({CallLimits.DefaultUploadMiB})",
            1,
            CallLimits.MostUploadMiB,
            (o, value) => o with { Calls = o.Calls with { UploadMiB = value } }
        ),
        ServiceOption.Whole("calls", "N", $"calls at a time, which clients share ({CallLimits.DefaultAtATime})", 1, MostCalls, (o, value) =>
            o with
            {
                Calls = o.Calls with { AtATime = value },
            }
        ),
        ServiceOption.Whole(
            "call-rate",
            "N",
            $"calls of one client in ten seconds ({CallLimits.DefaultInTenSeconds})",
            1,
            MostCalls,
            (o, value) => o with { Calls = o.Calls with { InTenSeconds = value } }
        ),
        ServiceOption.Whole(
            "queue",
            "N",
            $"measurements and table jobs of one client that may wait for the device, each ({CallLimits.DefaultWaiting})",
            1,
            MostCalls,
            (o, value) => o with { Calls = o.Calls with { Waiting = value } }
        ),
        ServiceOption.Seconds(
            DeviceBudget.Option,
            $"time on the device for one model, beyond twice --{WorkerLimits.BuildOption} ({CallLimits.DefaultDeviceSeconds})",
            LongestSeconds,
            (o, value) => o with { Calls = o.Calls with { DeviceSeconds = value } }
        ),
    ];
}
