using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>Measuring a validation's networks: what is measured is kept, and what stops it is survived or told.</summary>
public sealed class ValidationMeasurementTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ListeningReporter reporter = new();

    private string Path => folder["V.json"];

    public void Dispose() => folder.Dispose();

    private Task<TableValidation> RunAsync(
        TableValidation validation,
        Func<ValidatedNetwork, ModelMeasurement> measure,
        CancellationTokenSource? interruption = null
    ) =>
        new ValidationMeasurement(Path, "made up", network => Task.FromResult(measure(network)), reporter, TimeSpan.Zero).RunAsync(
            validation,
            interruption?.Token ?? TestContext.Current.CancellationToken
        );

    [Fact]
    public async Task Every_network_is_measured_in_the_order_that_was_fixed()
    {
        var order = new List<int>();
        TableValidation done = await RunAsync(MadeValidations.Begun(MadeValidations.Settings(passes: 2)), network =>
        {
            order.Add(network.Number);
            return MadeValidations.Measure(network);
        });
        Assert.Equal(done.Order.SelectMany(pass => pass), order);
        Assert.All(done.Networks, network => Assert.Equal(2, network.Readings.Count));
        Assert.Equal((done.Total(), null), (done.Done(), done.Next()));
        Assert.Equal(MadeValidations.Facts(done), File.ReadAllText(Path));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(7), InlineData(12), InlineData(23)]
    public async Task An_interrupted_validation_keeps_what_it_has_and_goes_on_to_the_same_measurements(int after)
    {
        TableValidation begun = MadeValidations.Begun(MadeValidations.Settings(passes: 2));
        TableValidationFile.Save(begun, Path);
        var measured = new List<int>();
        using var interruption = new CancellationTokenSource();
        if (after == 0)
            interruption.Cancel();
        ModelMeasurement Measure(ValidatedNetwork network)
        {
            measured.Add(network.Number);
            if (measured.Count == after)
                interruption.Cancel();
            return MadeValidations.Measure(network);
        }
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(begun, Measure, interruption));

        TableValidation stored = TableValidationFile.Load(Path);
        Assert.Equal(after, stored.Done());
        stored.RequireSame(MadeValidations.Begun(MadeValidations.Settings(passes: 2)), Path);
        TableValidation done = await RunAsync(stored, Measure);
        Assert.Equal(begun.Order.SelectMany(pass => pass), measured);
        TableValidation uninterrupted = MadeValidations.Finished(MadeValidations.Settings(passes: 2));
        Assert.Equal(uninterrupted.Networks.Select(Medians), done.Networks.Select(Medians));

        static string Medians(ValidatedNetwork network) => string.Join(' ', network.Readings.Select(reading => reading.MedianMs));
    }

    [Fact]
    public async Task A_profiler_that_goes_away_is_waited_for()
    {
        int calls = 0;
        TableValidation done = await RunAsync(MadeValidations.Begun(), network =>
            ++calls is 3 or 4 ? throw new ProfilerUnreachableException("Nobody answers.") : MadeValidations.Measure(network)
        );
        Assert.Equal((14, 12), (calls, done.Done()));
        Assert.Equal(2, reporter.Lines.Count);
        Assert.StartsWith("The validation is paused: Nobody answers.", reporter.Lines[0], StringComparison.Ordinal);
        Assert.Contains("; what was measured before is in ", reporter.Lines[0], StringComparison.Ordinal);
        Assert.Equal("The validation goes on.", reporter.Lines[1]);
    }

    [Fact]
    public async Task An_interruption_ends_the_waiting_for_a_profiler()
    {
        using var interruption = new CancellationTokenSource();
        var measurement = new ValidationMeasurement(
            Path,
            "made up",
            async _ =>
            {
                await interruption.CancelAsync();
                throw new ProfilerUnreachableException("Nobody answers.");
            },
            reporter,
            TimeSpan.FromHours(1)
        );
        var ended = await Assert.ThrowsAsync<OperationCanceledException>(() =>
            measurement.RunAsync(MadeValidations.Begun(), interruption.Token)
        );
        Assert.Equal("Nobody answers.", ended.Message);
    }

    [Fact]
    public async Task Another_device_is_refused_by_the_field_that_differs_and_its_number_is_not_kept()
    {
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(MadeValidations.Begun(), _ => MadeValidations.Measured(1, MadeValidations.Table.Identity with { Threads = 4 }))
        );
        Assert.Contains(
            "the number of threads is '1' in one and '4' in the other (table, then measurement)",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Another_protocol_than_the_tables_passes_but_not_a_change_on_the_way()
    {
        int calls = 0;
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(MadeValidations.Begun(), network =>
                MadeValidations.Measured(1, MadeValidations.Table.Identity with { Protocol = ++calls < 3 ? "quick" : "slow" })
            )
        );
        Assert.Contains("the protocol is 'quick' in one and 'slow' in the other", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, TableValidationFile.Load(Path).Done());
    }

    [Fact]
    public async Task A_network_that_cannot_be_measured_is_named()
    {
        TableValidation begun = MadeValidations.Begun();
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(begun, _ => throw new UserErrorException("Out of memory."))
        );
        Assert.Equal(
            $"Network {begun.Order[0][0]} of {Path} ({begun.Next()!.Architecture}) cannot be measured: Out of memory.",
            fault.Message
        );
    }
}
