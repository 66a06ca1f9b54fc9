using System.Net.Sockets;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

/// <summary>A real profiler that asks for keys: anna's and bert's, and olga's, who is an operator.</summary>
internal sealed class KeyedProfiler : IAsyncDisposable
{
    private readonly string folder;
    private readonly RunningProfiler profiler;
    private readonly Dictionary<string, string> keys;
    private readonly List<IDisposable> open = [];

    private KeyedProfiler(string folder, RunningProfiler profiler, Dictionary<string, string> keys) =>
        (this.folder, this.profiler, this.keys) = (folder, profiler, keys);

    public Uri Address => profiler.Address;

    /// <summary>Starts it.</summary>
    /// <param name="calls">What calls may take; null is the default.</param>
    public static async Task<KeyedProfiler> StartAsync(CallLimits? calls = null)
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-keyed-").FullName,
            file = Path.Combine(folder, "keys");
        var keys = new Dictionary<string, string>();
        foreach (string name in new[] { "anna", "bert", "olga" })
        {
            (keys[name], string line) = AccessKeys.New(name);
            await File.AppendAllTextAsync(file, line + (name == "olga" ? " operator\n" : "\n"));
        }
        RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions
            {
                StoreFolder = folder,
                LockFolder = folder,
                Security = new() { AccessKeys = file },
                Calls = calls ?? new(),
            },
            TestContext.Current.CancellationToken
        );
        return new(folder, profiler, keys);
    }

    /// <summary>A connection of a client's own; of one without a key where the name is null.</summary>
    public CallInvoker Connect(string? name)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false };
        GrpcChannel channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        open.Add(channel);
        CallInvoker invoker = channel.CreateCallInvoker();
        return name is null
            ? invoker
            : invoker.Intercept(headers =>
            {
                headers.Add("authorization", "Bearer " + keys[name]);
                return headers;
            });
    }

    /// <summary>A socket that says nothing.</summary>
    public async Task<Socket> DialAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        open.Add(socket);
        await socket.ConnectAsync(Address.Host, Address.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable each in open)
            each.Dispose();
        await profiler.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
