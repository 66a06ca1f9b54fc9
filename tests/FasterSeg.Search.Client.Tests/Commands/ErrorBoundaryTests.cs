using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Commands;
using Grpc.Core;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public class ErrorBoundaryTests
{
    public static TheoryData<Exception, int, string> Expected { get; } =
        new()
        {
            { new UserErrorException("It is broken."), 1, "error: It is broken." },
            { new UsageException("Say it otherwise."), 2, "error: Say it otherwise." },
            { new ProfilerUnreachableException("Nobody is there."), 3, "error: Nobody is there." },
            {
                new MissingLatencyException(new OperatorSpec(OperatorKind.Conv, 8, 8, 16, 16)),
                1,
                "error: The latency table has no entry for 'conv h8 w8 c16-16 s1'"
            },
            { new RpcException(new Status(StatusCode.Unavailable, "")), 3, "error: No profiler answers at" },
            { new RpcException(new Status(StatusCode.Internal, "cause")), 1, "(Internal): cause" },
            { new FileNotFoundException("No 'x' here."), 1, "error: No 'x' here." },
            {
                new InvalidOperationException("Oh."),
                1,
                "error: Unexpected failure (InvalidOperationException): Oh. Run the command again with --verbose"
            },
            { new InsufficientMemoryException("Array dimensions exceeded."), 1, "error: There is not enough memory for this (Array dim" },
            {
                new InvalidOperationException("[enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes.\n"),
                1,
                "error: There is not enough memory for this ([enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes): take"
            },
            // Nobody interrupted: somebody's own time limit.
            { new OperationCanceledException("Too late."), 1, "error: Unexpected failure (OperationCanceledException): Too late." },
        };

    [Theory]
    [MemberData(nameof(Expected), DisableDiscoveryEnumeration = true)]
    public async Task An_exception_becomes_a_sentence_and_a_code(Exception exception, int expectedCode, string expected)
    {
        var (code, error) = await RunAsync(() => throw exception, verbose: false, TestContext.Current.CancellationToken);
        Assert.Equal(expectedCode, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbose_shows_the_stack()
    {
        var (_, error) = await RunAsync(
            () => throw new InvalidOperationException("Oh."),
            verbose: true,
            TestContext.Current.CancellationToken
        );
        Assert.Contains("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interruption_ends_with_130()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        var (code, error) = await RunAsync(() => throw new OperationCanceledException(source.Token), verbose: false, source.Token);
        Assert.Equal((ExitCodes.Interrupted, "Interrupted."), (code, error.Trim()));
    }

    [Fact]
    public async Task The_commands_own_code_comes_through() =>
        Assert.Equal(0, (await RunAsync(() => Task.FromResult(0), verbose: false, TestContext.Current.CancellationToken)).Code);

    private static async Task<(int Code, string Error)> RunAsync(Func<Task<int>> command, bool verbose, CancellationToken cancellationToken)
    {
        using var error = new StringWriter();
        int code = await ErrorBoundary.RunAsync(command, error, verbose, cancellationToken);
        return (code, error.ToString());
    }
}
