using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>What is wrong with what a device says of itself: all of it is kept, shown to people, and part of tables.</summary>
internal static class HelloFaults
{
    private const int MostBytes = 64 << 10,
        LongestText = 200;

    /// <summary>A sentence; null where nothing is.</summary>
    public static string? Of(Hello hello)
    {
        if (hello.Device is not { } device || hello.Identity is not { } identity || device.Uuid.Length == 0)
            return "A device's hello says what it measures on.";
        if (hello.CalculateSize() is > MostBytes and int bytes)
            return FormattableString.Invariant($"The device says {bytes} bytes of itself, and {MostBytes} are the most.");
        if (identity.DeviceUuid != device.Uuid || identity.DeviceName != device.Name)
            return "The device's hello names two devices, one as what it is and another one as what its numbers are of.";
        string[] texts =
        [
            identity.DeviceName,
            identity.DeviceUuid,
            identity.ComputeCapability,
            identity.Driver,
            identity.OnnxruntimeVersion,
            identity.TensorrtVersion,
            identity.CudnnVersion,
            identity.Protocol,
            hello.Program,
        ];
        if (device.Name.Length == 0 || Array.Exists(texts, text => text.Length > LongestText || text.Any(char.IsControl)))
            return FormattableString.Invariant(
                $"The device has a name; its names and versions are texts of up to {LongestText} characters, without control characters."
            );
        if (!IsKnown(identity.Provider) || !IsKnown(identity.Precision))
            return "The device's execution provider or precision is none that this fleet knows: run one version of both.";
        return device is { LogicalCores: > 0, DefaultThreads: > 0 }
            ? null
            : "The device's hello says how many cores it has, and how many of them a measurement uses.";
    }

    private static bool IsKnown<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) && !value.Equals(default(T));
}
