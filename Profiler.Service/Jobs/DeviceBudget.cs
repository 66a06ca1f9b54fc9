using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// What one measurement of an uploaded model may have of the device, whatever its stages may have each: others wait, and a piece of work that
/// has begun cannot be interrupted and continued.
/// </summary>
/// <param name="span">The budget.</param>
public sealed class DeviceBudget(TimeSpan span)
{
    /// <summary>Name of the option that sets it.</summary>
    public const string Option = "device-seconds";

    /// <summary>Runs a piece of work. To be called on the device thread.</summary>
    /// <param name="work">The work, which ends soon after its token is cancelled.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="ModelRefusedException">The budget was spent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public T Run<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        either.CancelAfter(span);
        try
        {
            return work(either.Token);
        }
        catch (OperationCanceledException spent) when (!cancellation.IsCancellationRequested)
        {
            throw new ModelRefusedException(
                RefusedPart.Model,
                FormattableString.Invariant(
                    $"The model had the device for {span.TotalSeconds:0.#} s, as long as one may, and was not done: "
                ) + $"ask for fewer or shorter sessions, or raise {SettingNames.Option(Option)} of fasterseg-profiler.",
                spent
            );
        }
    }
}
