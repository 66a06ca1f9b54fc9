using FasterSeg.Fuzzing;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>Requests for every method of the contract: sound ones, and those with changed fields and changed bytes.</summary>
internal sealed class RequestInputs
{
    private static readonly MethodDescriptor[] Methods = [.. ProfilerReflection.Descriptor.Services.SelectMany(service => service.Methods)];

    private readonly Dictionary<string, IMessage[]> seeds;
    private readonly MessageMutator fields;
    private readonly ByteMutator bytes;

    private RequestInputs(Dictionary<string, IMessage[]> seeds, IReadOnlyList<string> texts)
    {
        this.seeds = seeds;
        fields = new(texts);
        bytes = new(
            [.. seeds.Values.SelectMany(list => list).Select(seed => seed.ToByteArray()).Where(seed => seed.Length > 0)],
            [
                [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
                [0x0a, 0],
                [0x0a, 0xff, 0xff, 0xff, 0x7f],
                [0x0b],
                [0x0c],
                [0x12, 3, 0xff, 0xfe, 0xfd],
                [0],
            ]
        );
    }

    /// <summary>Builds a table first, so that its id, its job's id and its operators can be asked for.</summary>
    public static async Task<RequestInputs> CreateAsync(GrpcChannel channel)
    {
        MeasurementOptions options = new()
        {
            MinimumSamples = 6,
            MaximumSeconds = 0.0001,
            Sessions = 1,
        };
        var build = new BuildTableRequest { Space = ProfilerFixture.TinySpace, Options = options };
        using var call = new ProfilerService.ProfilerServiceClient(channel).BuildTable(
            build,
            cancellationToken: TestContext.Current.CancellationToken
        );
        List<BuildTableResponse> news = await ProfilerFixture.CollectAsync(call.ResponseStream);
        string job = news[^1].JobId,
            table = news[^1].TableId,
            key = news[1].Key;
        IMessage[] all =
        [
            new GetDeviceRequest(),
            build,
            new ListJobsRequest(),
            new GetJobRequest { Id = job },
            new WatchJobRequest { Id = job },
            new CancelJobRequest { Id = job },
            new MeasureOperatorsRequest { Keys = { key, "skip h16 w16 c16-16 s1" }, Options = options },
            new GetSamplesRequest { JobId = job, Key = key },
            new MeasureModelRequest
            {
                Options = new MeasureModelOptions { Measurement = options, Name = "fuzz" },
            },
            new ListTablesRequest(),
            new GetTableRequest { Id = table },
            new WatchTableRequest { Space = ProfilerFixture.TinySpace, Options = options },
            new RefreshTableRequest
            {
                Id = table,
                Share = 0.02,
                Seed = 1,
            },
        ];
        Assert.Equal(
            Methods.Select(method => method.InputType.Name).Order(StringComparer.Ordinal),
            all.Select(seed => seed.Descriptor.Name).Order(StringComparer.Ordinal)
        );
        return new(
            all.GroupBy(seed => seed.Descriptor.Name).ToDictionary(group => group.Key, group => group.ToArray()),
            [
                job,
                table,
                key,
                "conv h16 w16 c16-24 s1",
                "conv h999999 w999999 c999999-999999 s2",
                "concat h1 w1 c1+1",
                "upsample h8 w8 c8-8 x32",
            ]
        );
    }

    /// <summary>A method and what is sent to it.</summary>
    public (MethodDescriptor Method, byte[][] Messages) Next(Random random)
    {
        MethodDescriptor method = Methods[random.Next(Methods.Length)];
        if (!method.IsClientStreaming)
            return (method, [One(random, method)]);
        var messages = new List<byte[]>();
        if (random.Next(8) != 0)
            messages.Add(One(random, method));
        for (int i = random.Next(4); i > 0; i--)
        {
            byte[] model = OnnxInputs.Next(random);
            messages.Add(
                random.Next(4) == 0 ? One(random, method) : new MeasureModelRequest { Chunk = ByteString.CopyFrom(model) }.ToByteArray()
            );
        }
        return (method, [.. messages]);
    }

    private byte[] One(Random random, MethodDescriptor method)
    {
        IMessage[] own = seeds[method.InputType.Name];
        IMessage message = method.InputType.Parser.ParseFrom(own[random.Next(own.Length)].ToByteString());
        for (int i = random.Next(4); i > 0; i--)
            fields.Mutate(random, message);
        byte[] wire = message.ToByteArray();
        return random.Next(4) switch
        {
            0 => bytes.Next(random),
            1 when wire.Length > 0 => new ByteMutator([wire], [wire, [0xff], [0]]).Next(random),
            _ => wire,
        };
    }
}
