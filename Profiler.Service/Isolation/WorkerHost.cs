using System.Text.Json;
using System.Threading.Channels;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The worker's side: reads requests from standard input, measures one after the other, writes results to standard output. It
/// ends with its input, at once: a worker must not outlive its service, whatever it is doing.
/// </summary>
/// <param name="engine">What both measure with; it computes the known numbers before it opens anything.</param>
/// <param name="operators">Measures operators.</param>
/// <param name="models">Measures networks.</param>
public sealed class WorkerHost(CheckedEngine engine, IOperatorMeasurer operators, IModelMeasurer models)
{
    /// <summary>The argument that makes the profiler's program a worker.</summary>
    public const string Argument = "worker";

    // The same program after it has executed itself: the rights that it has given up follow, then what the first one was told.
    private const string ConfinedArgument = "confined-worker";

    /// <summary>Whether a command line is a worker's.</summary>
    public static bool IsWorker(IReadOnlyList<string> arguments) => arguments is [Argument or ConfinedArgument, ..];

    /// <summary>Runs a worker on this process's standard streams, as its arguments say.</summary>
    /// <param name="arguments">Behind the first one what it measures with, as JSON, and the folders in which it may write beside its
    /// temporary one.</param>
    /// <returns>The exit code.</returns>
    public static int RunProcess(IReadOnlyList<string> arguments)
    {
        // The service decides when its worker ends; Ctrl-C in a terminal goes to both.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        List<string> givenUp = [];
        string[] told = [.. arguments.Skip(arguments[0] == ConfinedArgument ? 2 : 1)],
            folders = told[1..];
        EngineChoice choice = JsonSerializer.Deserialize<EngineChoice>(told[0])!;
        if (arguments[0] == ConfinedArgument)
            givenUp.Add(arguments[1]);
        else
        {
            givenUp.AddRange(Confinement.BeforeExecution([Path.GetTempPath(), .. folders], !choice.IsCpu));
            if (givenUp.Count > 0)
            {
                string[] command = DotNetHost.Command(WorkerProcess.Program);
                Confinement.Execute([.. command[1..], ConfinedArgument, string.Join(", ", givenUp), .. told]);
            }
        }
        givenUp.AddRange(Confinement.AfterExecution(largeFiles: folders.Length > 0));

        using Stream input = Console.OpenStandardInput(),
            output = Console.OpenStandardOutput();
        Write(output, new() { Ready = new Ready { GivenUp = { givenUp } } });
        IEngine chosen = EngineFactory.Create(choice, threads: 1, TimeProvider.System);
        var engine = new CheckedEngine(new StagedEngine(chosen, (stage, runMs) => Write(
                    output,
                    new()
                    {
                        Begun = new Begun { Stage = stage, RunMs = runMs },
                    }
                )));
        using ILoggerFactory quiet = LoggerFactory.Create(_ => { });
        var host = new WorkerHost(
            engine,
            new OperatorMeasurer(engine, TimeProvider.System, quiet.CreateLogger<OperatorMeasurer>()),
            new ModelMeasurer(engine, TimeProvider.System)
        );
        host.Run(input, output, () => End(Path.GetTempPath()));
        return 0;
    }

    /// <summary>Answers requests until the input ends.</summary>
    /// <param name="input">Requests.</param>
    /// <param name="output">Results.</param>
    /// <param name="orphaned">Called when the input ends in the middle of a measurement.</param>
    public void Run(Stream input, Stream output, Action orphaned)
    {
        var requests = Channel.CreateUnbounded<WorkerRequest>();
        var reader = new Thread(() => Read(input, requests.Writer, orphaned)) { IsBackground = true, Name = "requests" };
        reader.Start();
        while (requests.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (!requests.Reader.TryRead(out WorkerRequest? request))
                continue;
            Write(output, Answer(request));
        }
    }

    /// <summary>Ends the process; a service that was killed cannot remove what its worker leaves.</summary>
    private static void End(string temporaryFolder)
    {
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(temporaryFolder));
        try
        {
            // Only a folder that was made for a worker: one that was started by hand has everybody's.
            if (folder.Name.StartsWith(WorkerFolder.Prefix, StringComparison.Ordinal))
                folder.Delete(recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not allowed to remove the folder itself; what was in it is gone.
        }
        Environment.Exit(0);
    }

    private static void Write(Stream output, WorkerResponse response)
    {
        response.WriteDelimitedTo(output);
        output.Flush();
    }

    private static void Read(Stream input, ChannelWriter<WorkerRequest> requests, Action orphaned)
    {
        try
        {
            while (true)
                requests.TryWrite(WorkerRequest.Parser.ParseDelimitedFrom(input));
        }
        catch (Exception end) when (end is InvalidProtocolBufferException or IOException)
        {
            requests.Complete();
            orphaned();
        }
    }

    private WorkerResponse Answer(WorkerRequest request)
    {
        // Native code writes there too, past any buffer of .NET: what comes behind this line is this request's.
        Console.Error.WriteLine(request.Mark);
        try
        {
            if (request.WorkCase == WorkerRequest.WorkOneofCase.Check)
                return new() { KnownNumbers = engine.Check(CancellationToken.None).ToString() };
            MeasurementSettings settings = JsonSerializer.Deserialize<MeasurementSettings>(request.Settings)!;
            return request.WorkCase == WorkerRequest.WorkOneofCase.Key
                ? operators.Measure(OperatorKey.Parse(request.Key), settings, CancellationToken.None).ToAnswer()
                : models
                    .Measure(
                        request.Model.ToUploadedModel(),
                        request.Model.BatchSize,
                        settings,
                        request.Model.WithSamples,
                        CancellationToken.None
                    )
                    .ToAnswer();
        }
        catch (WrongNumbersException wrong)
        {
            return new() { WrongNumbers = wrong.Message };
        }
        catch (ModelRefusedException refused)
        {
            return refused.ToAnswer();
        }
        catch (Exception fault)
        {
            return new() { Fault = fault.Message };
        }
    }
}
