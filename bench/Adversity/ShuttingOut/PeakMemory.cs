using System.Globalization;
using FasterSeg.Bench.Adversity.Services;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>The service's resident memory around something that is done to it.</summary>
internal static class PeakMemory
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20),
        Rest = TimeSpan.FromSeconds(5);

    /// <summary>Does it and tells the memory before, at its highest, and five seconds after.</summary>
    public static async Task<string> AroundAsync(ServiceProcess service, Func<Task<string>> attack)
    {
        double before = Resident(service),
            peak = before;
        Task<string> running = attack();
        while (!running.IsCompleted)
        {
            peak = Math.Max(peak, Resident(service));
            await Task.WhenAny(running, Task.Delay(Glance));
        }
        string outcome = await running;
        await Task.Delay(Rest);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"resident MiB {before:0} before, {peak:0} at most, {Resident(service):0} five seconds after; {outcome}"
        );
    }

    private static double Resident(ServiceProcess service) => ProcessFigures.Read(service.Id)?.ResidentMiB ?? double.NaN;
}
