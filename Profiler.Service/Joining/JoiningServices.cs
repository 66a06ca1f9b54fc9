namespace FasterSeg.Profiler.Service.Joining;

/// <summary>What a profiler needs to join a fleet.</summary>
internal static class JoiningServices
{
    /// <summary>Adds the parts, where there is a fleet to join.</summary>
    public static void AddJoining(this IServiceCollection services, JoinOptions options)
    {
        if (options.Fleets.Count == 0)
            return;
        services.AddSingleton(options);
        services.AddSingleton<Outbox>();
        services.AddSingleton<HeldLeases>();
        services.AddSingleton<DeviceCondition>();
        services.AddSingleton<StintMeasurer>();
        services.AddSingleton<ModelStintMeasurer>();
        services.AddSingleton<FleetAgent>();
        services.AddHostedService(provider => provider.GetRequiredService<FleetAgent>());
    }
}
