using System.Runtime.CompilerServices;
using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using Grpc.Core;
using Grpc.Net.Client;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// A profiler over gRPC: one that runs at an address, or the same service hosted inside this program. No call has a deadline: a
/// profiler on a busy machine, or with others' measurements before this one, is waited for as long as its connection stands, which
/// pings tell (<see cref="ConnectionPatience"/>). Every failure is a <see cref="UserErrorException"/> with its sentence.
/// </summary>
public sealed class ProfilerConnection : IAsyncDisposable
{
    // Of what a fleet says of its devices.
    private const string FleetFact = "fleet_pool";

    // A first answer takes milliseconds; whoever waits longer wants to know what for.
    private static readonly TimeSpan SpeakUp = TimeSpan.FromSeconds(5);

    // A network takes some seconds to be measured; a slow one, or others' before it, minutes.
    private static readonly TimeSpan SpeakUpOfNetwork = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel channel;
    private readonly IAsyncDisposable? host;
    private readonly TimeProvider time;
    private readonly Uri address;
    private string what;
    private volatile bool reached;
    private Action<string>? say;
    private readonly Proto.ProfilerService.ProfilerServiceClient profiler;
    private readonly Proto.LatencyTableService.LatencyTableServiceClient tables;

    private ProfilerConnection(
        Uri address,
        string name,
        IAsyncDisposable? host,
        TimeProvider time,
        ConnectionPatience? patience,
        string? pool = null
    )
    {
        Name = name;
        (this.address, this.host, this.time) = (address, host, time);
        // A pool is a fleet's.
        what = pool is null ? ProfilerErrors.Profiler : ProfilerErrors.Fleet;
        channel = ProfilerChannel.Open(
            address,
            host is null ? ProfilerCredentials.FromEnvironment() : new(null, null, null),
            patience,
            () => reached = true,
            pool
        );
        profiler = new Proto.ProfilerService.ProfilerServiceClient(channel);
        tables = new Proto.LatencyTableService.LatencyTableServiceClient(channel);
    }

    /// <summary>The profiler's address, for people.</summary>
    public string Name { get; }

    /// <summary>What it measures on.</summary>
    public Proto.Device Device { get; private set; } = new();

    /// <summary>Passes an address that can be a profiler's; nobody is called.</summary>
    /// <exception cref="UsageException">It is no URL.</exception>
    public static void RequireAddress(string url) => ProfilerChannel.ParseAddress(url);

    /// <summary>Connects and asks for the device.</summary>
    /// <param name="url">The profiler's address, such as <c>http://127.0.0.1:5151</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">The address is no URL.</exception>
    /// <exception cref="ProfilerUnreachableException">Nobody listens there, or what does gives no sign of life, or is no
    /// profiler.</exception>
    public static Task<ProfilerConnection> OpenAsync(string url, CancellationToken cancellationToken = default) =>
        OpenAsync(url, say: null, time: null, cancellationToken);

    /// <summary>Connects and asks for the device.</summary>
    /// <param name="url">The profiler's address, such as <c>http://127.0.0.1:5151</c>.</param>
    /// <param name="say">Told in one line where the answer is long in coming; null tells nobody.</param>
    /// <param name="time">Paces repeated calls; null is the system's clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">The address is no URL.</exception>
    /// <exception cref="ProfilerUnreachableException">Nobody listens there, or what does gives no sign of life, or is no
    /// profiler.</exception>
    public static Task<ProfilerConnection> OpenAsync(
        string url,
        Action<string>? say,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default
    ) => OpenAsync(url, pool: null, say, time, cancellationToken);

    /// <summary>Connects to a profiler, or to a fleet as to one, and asks for the device.</summary>
    /// <param name="url">The address, such as <c>https://lab:5250</c>.</param>
    /// <param name="pool">The pool of a fleet that all calls are for: its id, its name or a part of that. Null names none, which is right
    /// for a profiler and for a fleet of one pool.</param>
    /// <param name="say">Told in one line where the answer is long in coming; null tells nobody.</param>
    /// <param name="time">Paces repeated calls; null is the system's clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">The address is no URL, or the pool's name cannot be one.</exception>
    /// <exception cref="ProfilerUnreachableException">Nobody listens there, or what does gives no sign of life, or is no
    /// profiler.</exception>
    /// <exception cref="UserErrorException">The fleet has no such pool, or several and none is named.</exception>
    public static Task<ProfilerConnection> OpenAsync(
        string url,
        string? pool,
        Action<string>? say = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default
    ) => OpenAsync(url, patience: null, cancellationToken, time, say, pool);

    /// <summary>The same with a profiler that runs inside this program; it ends with the connection.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="host">Ends it.</param>
    /// <param name="cancellationToken">Stops the connecting, and the profiler with it.</param>
    /// <param name="say">Told in one line where the answer is long in coming; null tells nobody.</param>
    public static Task<ProfilerConnection> OpenHostedAsync(
        Uri address,
        IAsyncDisposable host,
        CancellationToken cancellationToken,
        Action<string>? say = null
    ) => BeginAsync(new ProfilerConnection(address, "this machine", host, TimeProvider.System, patience: null), say, cancellationToken);

    /// <summary>Connects with other limits than the usual ones.</summary>
    internal static Task<ProfilerConnection> OpenAsync(
        string url,
        ConnectionPatience? patience,
        CancellationToken cancellationToken,
        TimeProvider? time = null,
        Action<string>? say = null,
        string? pool = null
    ) =>
        BeginAsync(
            new ProfilerConnection(ProfilerChannel.ParseAddress(url), url, host: null, time ?? TimeProvider.System, patience, pool),
            say,
            cancellationToken
        );

    private static async Task<ProfilerConnection> BeginAsync(
        ProfilerConnection connection,
        Action<string>? say,
        CancellationToken cancellationToken
    )
    {
        try
        {
            connection.Device = await connection.FirstAnswerAsync(say, cancellationToken).ConfigureAwait(false);
            if (connection.Device.Environment.ContainsKey(FleetFact))
                connection.what = ProfilerErrors.Fleet;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Proto.Device> FirstAnswerAsync(Action<string>? say, CancellationToken cancellationToken)
    {
        this.say = say;
        Task<Proto.GetDeviceResponse> answer = profiler
            .GetDeviceAsync(new Proto.GetDeviceRequest(), cancellationToken: cancellationToken)
            .ResponseAsync;
        await SpeakUpAsync(
                answer,
                SpeakUp,
                () =>
                    reached
                        ? $"The {what} at {Name} is connected but has not answered yet: waiting (Ctrl-C stops)."
                        : $"The machine of {Name} has not taken the connection yet: waiting (Ctrl-C stops).",
                cancellationToken
            )
            .ConfigureAwait(false);
        return (await CallAsync(() => answer, cancellationToken, first: true).ConfigureAwait(false)).Device;
    }

    /// <summary>Says a line where an answer is long in coming.</summary>
    private async Task SpeakUpAsync(Task answer, TimeSpan after, Func<string> line, CancellationToken cancellationToken)
    {
        if (say is null || await Task.WhenAny(answer, Task.Delay(after, time, cancellationToken)).ConfigureAwait(false) == answer)
            return;
        if (!cancellationToken.IsCancellationRequested)
            say(line());
    }

    /// <summary>Has every operator of a space measured, and fetches the table. Attaches again where the connection breaks.</summary>
    /// <param name="space">The space.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="seed">Seeds order and inputs.</param>
    /// <param name="progress">Told after each operator.</param>
    /// <param name="reuse">Take the newest finished table of the same space and identity, where the profiler has one of a quiet
    /// device.</param>
    /// <param name="anew">Where such a job ended before its table was finished, forget what it has measured.</param>
    /// <param name="cancellationToken">Stops listening; the profiler's job goes on, and a later call attaches to it.</param>
    public Task<LatencyTable> BuildTableAsync(
        SearchSpace space,
        MeasuringOptions options,
        int seed,
        Action<TableProgress>? progress = null,
        bool reuse = false,
        bool anew = false,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            async () =>
            {
                var request = new Proto.BuildTableRequest
                {
                    Space = space.ToMessage(),
                    Options = options.ToMessage(seed),
                    Reuse = reuse,
                    Anew = anew,
                    NoNetworks = options.Networks == false,
                };
                if (options.QuietSeconds is { } quiet)
                    request.QuietSeconds = quiet;
                string tableId = "";
                var attachment = new Reattachment(time, Name, what, goesOn: true);
                await attachment
                    .RunAsync(
                        async token =>
                        {
                            using var stream = profiler.BuildTable(request, cancellationToken: token);
                            await foreach (Proto.BuildTableResponse news in stream.ResponseStream.ReadAllAsync(token).ConfigureAwait(false))
                            {
                                attachment.Advance(news.Done, news.Total);
                                // If the connection breaks and the job ends before it is mended, its table is the one that was asked for.
                                (request.Reuse, request.Anew, request.JobId) = (true, false, news.JobId);
                                TimeSpan? left = news.SecondsLeft > 0 ? TimeSpan.FromSeconds(news.SecondsLeft) : null;
                                string? paused = news.Paused.Length > 0 ? news.Paused : null;
                                string key =
                                    paused is not null ? "paused: " + paused
                                    : news.Network.Length > 0 ? news.Network
                                    : news.Key;
                                progress?.Invoke(new TableProgress(news.Done, news.Total, left, key, news.Statistics?.MedianMs, paused));
                                tableId = news.TableId;
                            }
                            return tableId.Length > 0;
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                LatencyTable? table = null;
                await attachment
                    .RunAsync(
                        async token =>
                        {
                            table = await DownloadAsync(tableId, token).ConfigureAwait(false);
                            return true;
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                // One that was reused may have a correction all the same.
                return options.Networks == false ? NetworksFacts.Without(table!) : table!;
            },
            cancellationToken
        );

    /// <summary>Fetches a finished table and checks its hash and its entries.</summary>
    /// <param name="id">The table's name, as <see cref="LatencyTableJson.IdOf(string)"/> gives it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">There is none of that name, it came damaged, or the profiler went away.</exception>
    public Task<LatencyTable> GetTableAsync(string id, CancellationToken cancellationToken = default) =>
        CallAsync(() => DownloadAsync(id, cancellationToken), cancellationToken);

    /// <summary>The newest table of a space, if there is one, then each newer one as it comes, by id and hash, until the connection
    /// ends.</summary>
    /// <exception cref="UserErrorException">The profiler went away, or refuses.</exception>
    public async IAsyncEnumerable<(string Id, string Hash)> WatchTableAsync(
        SearchSpace space,
        MeasuringOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new Proto.WatchTableRequest { Space = space.ToMessage(), Options = options.ToMessage(seed: 0) };
        using var stream = tables.WatchTable(request, cancellationToken: cancellationToken);
        while (await CallAsync(() => stream.ResponseStream.MoveNext(cancellationToken), cancellationToken).ConfigureAwait(false))
            yield return (stream.ResponseStream.Current.Table.Id, stream.ResponseStream.Current.Table.Hash);
    }

    /// <summary>Has single operators measured. Asks again for those that are missing where the connection breaks.</summary>
    /// <param name="specs">The operators; the answer is in their order.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="seed">Seeds order and inputs.</param>
    /// <param name="progress">Told after each operator.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserErrorException">The profiler refuses, fails or went away.</exception>
    public Task<MeasuredOperators> MeasureOperatorsAsync(
        IReadOnlyList<OperatorSpec> specs,
        MeasuringOptions options,
        int seed,
        Action<TableProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            async () =>
            {
                var entries = new Dictionary<OperatorSpec, LatencyEntry>();
                int total = specs.Distinct().Count();
                TableIdentity? identity = null;
                string? loaded = null;
                var attachment = new Reattachment(time, Name, what);
                await attachment
                    .RunAsync(
                        async token =>
                        {
                            var request = new Proto.MeasureOperatorsRequest { Options = options.ToMessage(seed) };
                            request.Keys.AddRange(specs.Distinct().Where(spec => !entries.ContainsKey(spec)).Select(OperatorKey.Format));
                            if (request.Keys.Count == 0)
                                return true;
                            using var stream = profiler.MeasureOperators(request, cancellationToken: token);
                            await foreach (
                                Proto.MeasureOperatorsResponse news in stream.ResponseStream.ReadAllAsync(token).ConfigureAwait(false)
                            )
                            {
                                LatencyEntry entry = TableMapping.ToEntry(news);
                                entries[entry.Spec] = entry;
                                identity = Agreed(identity, TableMapping.ToIdentity(news.Identity));
                                if (news.Loaded.Length > 0)
                                    loaded = news.Loaded;
                                attachment.Advance(entries.Count, total);
                                progress?.Invoke(new TableProgress(entries.Count, total, null, news.Key, news.Statistics?.MedianMs));
                            }
                            return entries.Count >= total;
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                return new MeasuredOperators(
                    identity ?? TableMapping.ToIdentity(new Proto.Identity()),
                    [.. specs.Select(spec => entries[spec])],
                    loaded
                );
            },
            cancellationToken
        );

    /// <summary>Has a whole ONNX network measured.</summary>
    /// <param name="model">The file's content.</param>
    /// <param name="name">Shown in the service's log.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="shapes">Sides of inputs that the file leaves open; null where it leaves none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<ModelMeasurement> MeasureModelAsync(
        ReadOnlyMemory<byte> model,
        string name,
        MeasuringOptions options,
        IReadOnlyList<InputShape>? shapes = null,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            async () =>
            {
                using var call = profiler.MeasureModel(cancellationToken: cancellationToken);
                var first = new Proto.MeasureModelOptions { Measurement = options.ToMessage(seed: 0), Name = name };
                first.Shapes.Add((shapes ?? []).Select(shape => new Proto.InputShape { Name = shape.Name, Sides = { shape.Sides } }));
                Task<Proto.MeasureModelResponse> answer = ModelUploader.SendAsync(call, first, model, cancellationToken);
                await SpeakUpAsync(
                        answer,
                        SpeakUpOfNetwork,
                        () => $"{Name} measures the network, or others' before it: waiting (Ctrl-C stops).",
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                Proto.MeasureModelResponse response = await answer.ConfigureAwait(false);
                return response.ToMeasurement();
            },
            cancellationToken
        );

    /// <summary>Closes the connection, and the profiler with it where it is hosted here.</summary>
    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        if (host is not null)
            await host.DisposeAsync().ConfigureAwait(false);
    }

    private TableIdentity Agreed(TableIdentity? before, TableIdentity now) =>
        before is null || before == now
            ? now
            : throw new UserErrorException(
                $"The {what} at {Name} changed between two of its answers (device, version or settings): measure again."
            );

    private async Task<LatencyTable> DownloadAsync(string id, CancellationToken cancellationToken)
    {
        using var stream = tables.GetTable(new Proto.GetTableRequest { Id = id }, cancellationToken: cancellationToken);
        using var bytes = new MemoryStream();
        await foreach (Proto.GetTableResponse part in stream.ResponseStream.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (bytes.Length + part.Chunk.Length > LatencyTableJson.LargestFile)
                throw new UserErrorException(
                    $"The table {id} from {Name} is larger than {LatencyTableJson.LargestFile} bytes: it cannot be right."
                );
            part.Chunk.WriteTo(bytes);
        }
        return LatencyTableJson.Parse(bytes.ToArray(), $"The table {id} from {Name}");
    }

    private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken, bool first = false) =>
        TranslatedCall.RunAsync(call, address, Name, cancellationToken, first, what);
}
