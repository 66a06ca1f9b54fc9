using System.Globalization;
using FasterSeg.Protos.Fleet.V1;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Words for what a fleet says of its devices and jobs. What this build does not know is named by its number.</summary>
internal static class FleetWords
{
    /// <summary>What people want of a device.</summary>
    public static string Of(DeviceState state) =>
        state switch
        {
            DeviceState.InService => "in service",
            DeviceState.Draining => "draining",
            _ => Number((int)state),
        };

    /// <summary>Whether it can work.</summary>
    public static string Of(DeviceHealth health) =>
        health switch
        {
            DeviceHealth.Unknown => "not compared",
            DeviceHealth.Good => "good",
            DeviceHealth.Lost => "lost",
            DeviceHealth.Bad => "set aside",
            DeviceHealth.Disagrees => "disagrees",
            _ => Number((int)health),
        };

    /// <summary>What it does now.</summary>
    public static string Doing(FleetDevice device) =>
        (device.Attached, device.State, device.Leased) switch
        {
            (false, DeviceState.Draining, _) => "away, draining",
            (false, _, _) => "away",
            (_, DeviceState.Draining, 0) => "drained",
            (_, DeviceState.Draining, _) => "draining",
            (_, _, > 0) => "working",
            _ => "idle",
        };

    /// <summary>Its latencies over the reference's.</summary>
    public static string Factor(FleetDevice device) =>
        device.Reference ? "reference"
        : device.Factor > 0 ? device.Factor.ToString("0.0000", CultureInfo.InvariantCulture)
        : "";

    /// <summary>Why its health is what it is, with one full stop: fleets give sentences and parts of them.</summary>
    public static string Reason(FleetDevice device) => device.Reason.TrimEnd('.') + ".";

    /// <summary>When it was last heard of, to the minute, UTC.</summary>
    public static string Seen(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            : time;

    /// <summary>What a job measures: the operators of a space, or some for their own sake.</summary>
    public static string? SpaceOf(Proto.Job job) =>
        job.Space is { } space ? FormattableString.Invariant($"{space.Height}x{space.Width}, {space.Classes} classes") : null;

    private static string Number(int value) => string.Create(CultureInfo.InvariantCulture, $"unknown ({value})");
}
