using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What one measurement of an uploaded model may have of the device, whatever its stages may have each. While others wait it has a turn
/// only: then it makes room, and begins anew when it is its client's turn again, for twice as long.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="most">The budget.</param>
/// <param name="turn">The first turn.</param>
public sealed class DeviceBudget(DeviceWorker device, TimeSpan most, TimeSpan turn)
{
    /// <summary>Name of the option that sets it.</summary>
    public const string Option = "device-seconds";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Queues the measurement of a model and waits for its result (<see cref="DeviceWorker"/>).</summary>
    /// <param name="client">Whose turn it takes.</param>
    /// <param name="work">Runs on the device thread; ends soon after its token is cancelled, and may be begun anew.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelRefusedException">The budget was spent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="QueueFullException">Too much of this client's waits already.</exception>
    public async Task<T> RunAsync<T>(string client, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        for (TimeSpan present = turn; ; present *= 2)
        {
            try
            {
                return await device.RunAsync(client, token => Run(client, present, work, token), cancellation);
            }
            catch (TurnOverException)
            {
                // Again, behind the others.
            }
        }
    }

    private T Run<T>(string client, TimeSpan present, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using var spent = new CancellationTokenSource(most);
        using var over = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, spent.Token, over.Token);
        using var glance = new Timer(_ => MakeRoom(client, over), null, present, Glance);
        try
        {
            return work(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && spent.IsCancellationRequested)
        {
            throw new ModelRefusedException(
                RefusedPart.Model,
                FormattableString.Invariant(
                    $"The model had the device for {most.TotalSeconds:0.#} s, as long as one may, and was not done: "
                ) + $"ask for fewer or shorter sessions, or raise {SettingNames.Option(Option)} of fasterseg-profiler."
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && over.IsCancellationRequested)
        {
            throw new TurnOverException();
        }
    }

    private void MakeRoom(string client, CancellationTokenSource over)
    {
        try
        {
            if (device.HasOthers(client))
                over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    private sealed class TurnOverException : Exception;
}
