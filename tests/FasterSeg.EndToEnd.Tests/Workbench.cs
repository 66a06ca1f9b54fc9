using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Search.Configuration;
using Google.Protobuf;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A folder, and the programs started in it; all gone at the test's end.</summary>
public sealed class Workbench : IAsyncDisposable
{
    private readonly List<RunningProgram> programs = [];

    internal string Folder { get; } = Directory.CreateTempSubdirectory("fasterseg-e2e-").FullName;

    /// <summary>Variables that the programs get.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal string this[string name] => Path.Combine(Folder, name);

    /// <summary>A configuration with a space of about 130 operators.</summary>
    /// <param name="halfWidth">Measure until the confidence interval is that narrow; one session is enough for the usual one, and no
    /// narrower one.</param>
    /// <param name="seconds">Time cap of an operator.</param>
    /// <param name="sessions">How often each is opened and measured.</param>
    internal string WriteConfiguration(double halfWidth = 0.5, double seconds = 0.01, int sessions = 1)
    {
        File.WriteAllText(
            this["tiny.json"],
            FormattableString.Invariant(
                $$"""
                {
                  // Small enough to be measured in a second or two.
                  "space": { "height": 64, "width": 64, "fch": 4, "layers": 4, "classes": 3,
                    "widths": "6/12, 12/12", "studentStem": "6/12", "studentHead": "6/12" },
                  "measuring": { "relativeHalfWidth": {{halfWidth}}, "minimumSamples": 6, "maximumSeconds": {{seconds}},
                    "sessions": {{sessions}} }
                }
                """
            )
        );
        return this["tiny.json"];
    }

    /// <summary>A configuration whose search and trainings take seconds, on synthetic scenes.</summary>
    internal string WriteSearchConfiguration()
    {
        const string Phase = """ "stepsPerEpoch": 3, "batch": 2, "cropHeight": 32, "cropWidth": 64, "downSampling": 1 """;
        File.WriteAllText(
            this["search.json"],
            $$"""
            {
              // Tests run side by side: more threads than cores would wait for each other, spinning.
              "threads": 1,
              "space": { "height": 64, "width": 64, "fch": 2, "layers": 4, "classes": 10,
                "widths": "6/12, 12/12", "studentStem": "6/12", "studentHead": "6/12" },
              "measuring": { "relativeHalfWidth": 0.5, "minimumSamples": 6, "maximumSeconds": 0.01, "sessions": 1 },
              "data": { "syntheticHeight": 64, "syntheticWidth": 64, "syntheticImages": 6 },
              "pretrain": { "epochs": 1, {{Phase}} },
              "searching": { "epochs": 2, "architectureLearningRate": 0.05, {{Phase}} },
              "training": { "epochs": 2, {{Phase}} }
            }
            """
        );
        return this["search.json"];
    }

    /// <summary>A table of a configuration's space that nobody measured, for tests of what is done with one.</summary>
    internal string WriteTable(string configuration)
    {
        SearchSpace space = ConfigurationLoader.Load(configuration, []).Space.ToSpace();
        var entries = space
            .Operators(full: true)
            .Select(spec =>
                spec.IsZeroByDefinition
                    ? LatencyEntry.Defined(spec)
                    : new LatencyEntry(spec, EntryOrigin.Measured, 1e-6 * spec.Height * spec.Width * spec.OutChannels)
            );
        LatencyTableJson.Save(
            new LatencyTable(
                new("made up", "none", null, null, "cpu", "1", null, null, "fp32", 1, 1, "test"),
                space,
                entries,
                DateTimeOffset.UnixEpoch
            ),
            this["t.json"]
        );
        return this["t.json"];
    }

    /// <summary>A network of one convolution.</summary>
    internal string WriteOnnx()
    {
        File.WriteAllBytes(
            this["net.onnx"],
            OperatorModel.Build(new OperatorSpec(OperatorKind.Conv, 32, 32, 16, 16), batch: 1, seed: 1).ToByteArray()
        );
        return this["net.onnx"];
    }

    /// <summary>Starts a profiler, on a free port unless one is named.</summary>
    internal async Task<(RunningProgram Program, string Url)> StartProfilerAsync(int port = 0, params string[] more)
    {
        string address = FormattableString.Invariant($"127.0.0.1:{port}");
        RunningProgram program = Add(
            RunningProgram.Start(Programs.Profiler, Folder, Environment, ["--listen", address, "--store", this["store"], .. more])
        );
        string line = (await program.WaitForOutputAsync("and measures on", Stop))
            .Split('\n')
            .First(text => text.Contains("listens on", StringComparison.Ordinal));
        return (program, line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)));
    }

    /// <summary>Starts a profiler with TLS and keys; <see cref="Certificates.Write"/> has written before.</summary>
    /// <returns>Its address, and the key of the one client that it knows.</returns>
    internal async Task<(string Url, string Key)> StartKeyedProfilerAsync()
    {
        string[] lines = (await ProfilerOutputAsync("new-key", "anna")).Split('\n');
        File.WriteAllText(this["keys"], lines[3]);
        (_, string url) = await StartProfilerAsync(
            0,
            "--tls-certificate",
            this["server.pem"],
            "--tls-key",
            this["server.key"],
            "--access-keys",
            this["keys"]
        );
        return (url, lines[1]);
    }

    /// <summary>Starts a fleet of one node, on SQLite and a free port unless one is named.</summary>
    internal async Task<(RunningProgram Program, string Url)> StartFleetAsync(int port = 0, params string[] more)
    {
        string address = FormattableString.Invariant($"127.0.0.1:{port}");
        RunningProgram program = Add(
            RunningProgram.Start(Programs.Fleet, Folder, Environment, ["--listen", address, "--store", this["fleet"], .. more])
        );
        string output = await program.WaitForOutputAsync("Devices join it with: ", Stop);
        return (program, output.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd('/'));
    }

    /// <summary>Starts a profiler that joins a fleet, beside others on this machine.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="name">By which it joins.</param>
    /// <param name="core">The one core that it may use; null leaves it all.</param>
    internal async Task<RunningProgram> StartJoiningProfilerAsync(string fleet, string name, int? core = null)
    {
        RunningProgram program = StartOn(
            core,
            Programs.Profiler,
            "--listen",
            "127.0.0.1:0",
            "--store",
            this[$"store-{name}"],
            "--locks",
            Directory.CreateDirectory(this[$"locks-{name}"]).FullName,
            "--share-device",
            "--page",
            "off",
            "--join",
            fleet,
            "--join-as",
            name
        );
        await program.WaitForOutputAsync("and measures on", Stop);
        return program;
    }

    /// <summary>Keeps a core busy, as somebody else's computation does.</summary>
    internal RunningProgram KeepBusy(int core) =>
        Add(RunningProgram.StartFile("taskset", Folder, Environment, "-c", $"{core}", "sh", "-c", "while :; do :; done"));

    private RunningProgram StartOn(int? core, string assembly, params string[] arguments) =>
        Add(
            core is null
                ? RunningProgram.Start(assembly, Folder, Environment, arguments)
                : RunningProgram.StartFile("taskset", Folder, Environment, ["-c", $"{core}", RunningProgram.DotNet, assembly, .. arguments])
        );

    /// <summary>Runs the profiler's program to its end and returns what it printed.</summary>
    internal async Task<string> ProfilerOutputAsync(params string[] arguments) => (await ProfilerEndAsync(arguments)).Output;

    /// <summary>Runs the profiler's program to its end.</summary>
    internal Task<(int Code, string Output, string Error)> ProfilerEndAsync(params string[] arguments) =>
        Add(RunningProgram.Start(Programs.Profiler, Folder, Environment, arguments)).WaitForEndAsync(Stop);

    /// <summary>Starts an agent of a fleet.</summary>
    internal RunningProgram StartAgent(string fleet, int number) =>
        StartClient("agent", "--join", fleet, "--join-as", FormattableString.Invariant($"box-{number}"));

    internal RunningProgram StartClient(params string[] arguments) =>
        Add(RunningProgram.Start(Programs.Client, Folder, Environment, arguments));

    /// <summary>Starts the client in several processes that compute together.</summary>
    internal RunningProgram StartRanks(int ranks, params string[] arguments) =>
        Add(
            RunningProgram.StartFile(
                Mpirun.Program,
                Folder,
                Environment,
                Mpirun.Arguments(ranks, [RunningProgram.DotNet, Programs.Client, .. arguments])
            )
        );

    internal Task<(int Code, string Output, string Error)> RunClientAsync(params string[] arguments) =>
        StartClient(arguments).WaitForEndAsync(Stop);

    /// <summary>Packs libraries of this build, as it was built, into a folder.</summary>
    internal async Task PackAsync(string folder, params string[] libraries)
    {
        foreach (string library in libraries)
            await DotNetAsync("pack", Programs.Project(library), "--no-build", "-c", Programs.Configuration, "-o", this[folder]);
    }

    /// <summary>Runs one of dotnet's commands or a program, which must end well, and returns what it printed.</summary>
    internal async Task<string> DotNetAsync(string command, params string[] arguments)
    {
        var (code, output, error) = await Add(RunningProgram.Start(command, Folder, Environment, arguments)).WaitForEndAsync(Stop);
        Assert.True(code == 0, $"'dotnet {command} {string.Join(' ', arguments)}' ended with {code}: {error}{output}");
        return output;
    }

    /// <summary>Runs an executable, which must end well, and returns what it printed.</summary>
    internal async Task<string> ExecutableAsync(string file, params string[] arguments)
    {
        var (code, output, error) = await Add(RunningProgram.StartFile(file, Folder, Environment, arguments)).WaitForEndAsync(Stop);
        Assert.True(code == 0, $"'{file} {string.Join(' ', arguments)}' ended with {code}: {error}{output}");
        return output;
    }

    /// <summary>Runs the client, which must end well, and returns what it printed.</summary>
    internal async Task<string> OkAsync(string[] arguments)
    {
        var (code, output, error) = await RunClientAsync(arguments);
        Assert.True(code == 0 && WithoutNotes(error).Length == 0, $"'{string.Join(' ', arguments)}' ended with {code}: {error}{output}");
        return output;
    }

    /// <summary>Runs the client, which must end with a code and one sentence, below which the command may stand that helps; returns
    /// both.</summary>
    internal async Task<string> FailAsync(int expected, string[] arguments)
    {
        var (code, output, error) = await RunClientAsync(arguments);
        Assert.True(code == expected, $"'{string.Join(' ', arguments)}' ended with {code}: {error}{output}");
        string sentence = WithoutNotes(error);
        Assert.StartsWith("error: ", sentence, StringComparison.Ordinal);
        string[] lines = sentence.Trim().Split('\n');
        Assert.All(lines.Skip(1), line => Assert.StartsWith("  fasterseg ", line, StringComparison.Ordinal));
        Assert.InRange(lines.Length, 1, 2);
        return sentence;
    }

    /// <summary>On a processor whose own kernels are wrong, each program that computes says which it uses.</summary>
    internal static string WithoutNotes(string error) =>
        string.Concat(
            error
                .Split('\n')
                .Where(line => line.Length > 0 && !line.StartsWith("note: ", StringComparison.Ordinal))
                .Select(line => line + "\n")
        );

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProgram program in programs)
            await program.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private RunningProgram Add(RunningProgram program)
    {
        programs.Add(program);
        return program;
    }
}
