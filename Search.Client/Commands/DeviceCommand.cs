using System.CommandLine;
using System.Globalization;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Native.Kernels;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg device</c>: what would be measured on.</summary>
public static class DeviceCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        ProfilerOption profiler = CommonOptions.Profiler();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("device", "Shows the device that would be measured on.") { profiler, json };
        command.SetAction(
            (parsed, token) => RunAsync(new DeviceArguments(parsed.GetValue(profiler), parsed.GetValue(json)), console, token)
        );
        return command;
    }

    /// <summary>Asks the profiler and prints its device.</summary>
    public static async Task<int> RunAsync(DeviceArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await using ProfilerConnection profiler = await Profilers.OpenAsync(
            options.Profiler,
            cancellationToken,
            say: (options.Json ? ConsoleJson.Aside() : console).WriteLine
        );
        Device device = profiler.Device;
        if (options.Json)
        {
            ConsoleJson.Write(console, Document(profiler.Name, device));
            return ExitCodes.Done;
        }
        FactList.Write(
            console,
            [
                ("profiler", profiler.Name),
                ("device", device.Name),
                ("uuid", device.Uuid),
                ("compute capability", device.ComputeCapability),
                ("driver", device.Driver),
                ("operating system", device.OperatingSystem),
                ("ONNX Runtime", device.OnnxruntimeVersion),
                ("providers", string.Join(", ", device.Providers.Select(ContractNames.NameOf))),
                ("logical cores", device.LogicalCores.ToString(CultureInfo.InvariantCulture)),
                ("device memory", string.Create(CultureInfo.InvariantCulture, $"{device.MemoryBytes / (double)(1L << 30):0.0} GiB")),
                ("default threads", device.DefaultThreads.ToString(CultureInfo.InvariantCulture)),
                .. FactList.Environment(device.Environment),
                // Trainings run here, wherever the device is.
                ("workstation", ProcessorFingerprint.Words),
                ("libtorch", TorchLoader.Foretell(threads: 0)),
            ]
        );
        return ExitCodes.Done;
    }

    private static object Document(string profiler, Device device) =>
        new
        {
            Profiler = profiler,
            device.Name,
            device.Uuid,
            ComputeCapability = NullIfEmpty(device.ComputeCapability),
            Driver = NullIfEmpty(device.Driver),
            device.OperatingSystem,
            OnnxRuntime = device.OnnxruntimeVersion,
            Providers = device.Providers.Select(ContractNames.NameOf),
            device.LogicalCores,
            device.MemoryBytes,
            device.DefaultThreads,
            device.Environment,
            Workstation = ProcessorFingerprint.Words,
            Libtorch = TorchLoader.Foretell(threads: 0),
        };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
