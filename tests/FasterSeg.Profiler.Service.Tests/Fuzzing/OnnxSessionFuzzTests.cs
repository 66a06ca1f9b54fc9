using System.Diagnostics;
using FasterSeg.Fuzzing;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>What passes the look at an upload is opened by ONNX Runtime, in the worker: whatever it does there costs one refusal.</summary>
public sealed class OnnxSessionFuzzTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-fuzz-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Any_upload_is_measured_or_refused()
    {
        await using RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions
            {
                StoreFolder = folder,
                LockFolder = folder,
                Limits = new(BuildSeconds: 20, MeasuringSeconds: 60, MemoryBytes: 1L << 30),
            },
            Cancellation
        );
        using GrpcChannel channel = GrpcChannel.ForAddress(profiler.Address);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int count = FuzzRun.Count(60, slower: 20),
            opened = 0;
        long start = Stopwatch.GetTimestamp();
        for (int index = 0; opened < count; index++)
        {
            byte[] input = OnnxInputs.Next(FuzzRun.RandomOf(index));
            if (!Passes(input))
                continue;
            opened++;
            Status status = await UploadAsync(channel, input);
            Assert.True(
                status.StatusCode is StatusCode.OK or StatusCode.InvalidArgument,
                FuzzRun.Describe("ONNX session", index, input, $"{status.StatusCode}: {status.Detail}")
            );
            string outcome =
                status.StatusCode == StatusCode.OK ? "measured"
                : status.Detail.Contains("The process that measured it", StringComparison.Ordinal) ? "ended its worker"
                : "refused";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome == "ended its worker")
                TestContext.Current.TestOutputHelper?.WriteLine(FuzzRun.Describe("ONNX session", index, input, status.Detail));
        }
        FuzzRun.Report("ONNX sessions", count, outcomes, Stopwatch.GetElapsedTime(start));
        Assert.Equal(
            StatusCode.OK,
            (
                await UploadAsync(channel, OperatorModel.Build(new(OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteArray())
            ).StatusCode
        );
    }

    private static bool Passes(byte[] onnx)
    {
        try
        {
            OnnxUpload.Check(onnx);
            return true;
        }
        catch (UnusableModelException)
        {
            return false;
        }
    }

    private static async Task<Status> UploadAsync(GrpcChannel channel, byte[] onnx)
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = new ProfilerService.ProfilerServiceClient(
            channel
        ).MeasureModel(cancellationToken: Cancellation);
        try
        {
            await call.RequestStream.WriteAsync(
                new()
                {
                    Options = new()
                    {
                        Measurement = new()
                        {
                            MinimumSamples = 6,
                            MaximumSeconds = 0.001,
                            Sessions = 1,
                        },
                    },
                },
                Cancellation
            );
            await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(onnx) }, Cancellation);
            await call.RequestStream.CompleteAsync();
            await call;
            return Status.DefaultSuccess;
        }
        catch (RpcException fault)
        {
            return fault.Status;
        }
    }
}
