namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Looks for a lost device, again and again with growing pauses, until it is there again.</summary>
public sealed class DeviceRecovery(
    DeviceHealth health,
    DeviceProbe probe,
    DeviceWorker device,
    TimeProvider time,
    ILogger<DeviceRecovery> logger
) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1),
        LongestPause = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await health.Lost.WaitAsync(stoppingToken);
            for (TimeSpan pause = FirstPause; health.Reason is not null; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                logger.LogInformation("The device is looked for in {Seconds} s", pause.TotalSeconds);
                await Task.Delay(pause, time, stoppingToken);
                try
                {
                    await device.RunAsync(probe.Check, stoppingToken);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    // A look that fails in whatever way is one that did not find it.
                    if (fault is not DeviceLostException)
                        logger.LogError("The device cannot be looked for: {Reason}", fault.Message);
                }
            }
        }
    }
}
