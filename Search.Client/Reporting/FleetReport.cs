using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Fleet.V1;
using Spectre.Console;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <c>fasterseg fleet</c> prints for people, readable in 100 columns.</summary>
internal static class FleetReport
{
    /// <summary>A table of devices for each pool, and why some cannot work.</summary>
    public static void WriteDevices(IAnsiConsole console, IReadOnlyList<Pool> pools, IReadOnlyList<FleetDevice> devices)
    {
        if (devices.Count == 0)
            console.WriteLine("No device has joined yet: start 'fasterseg-profiler --join URL' on one.");
        foreach (IGrouping<string, FleetDevice> group in devices.GroupBy(device => device.Pool))
        {
            console.WriteLine(Title(pools, group.Key));
            Table table = Start("device", "does", "health", "operators", "factor", "last heard of, UTC");
            foreach (FleetDevice device in group)
                AddRow(
                    table,
                    device.Id,
                    FleetWords.Doing(device),
                    FleetWords.Of(device.Health),
                    Figures.Count(device.Leased),
                    FleetWords.Factor(device),
                    device.Attached ? "now" : FleetWords.Seen(device.LastSeen)
                );
            console.Write(table);
        }
        foreach (FleetDevice device in devices.Where(device => device.Reason.Length > 0))
            console.WriteLine($"{device.Id}: {FleetWords.Reason(device)}");
    }

    /// <summary>One line for each pool.</summary>
    public static void WritePools(IAnsiConsole console, IReadOnlyList<Pool> pools)
    {
        if (pools.Count == 0)
        {
            console.WriteLine("There is no pool yet: the first device that joins makes one.");
            return;
        }
        Table table = Start("pool", "kind", "devices", "ready", "waiting", "reference");
        foreach (Pool pool in pools)
            AddRow(
                table,
                pool.Id,
                pool.Name,
                Figures.Count(pool.Devices),
                Figures.Count(pool.Ready),
                Figures.Count(pool.WaitingItems),
                pool.Reference
            );
        console.Write(table);
    }

    /// <summary>A table of jobs for each pool.</summary>
    public static void WriteQueue(IAnsiConsole console, IReadOnlyList<Pool> pools, IReadOnlyList<QueuedJob> jobs)
    {
        if (jobs.Count == 0)
            console.WriteLine("No job runs or waits.");
        foreach (IGrouping<string, QueuedJob> group in jobs.GroupBy(job => job.Pool))
        {
            console.WriteLine(Title(pools, group.Key));
            Table table = Start("job", "client", "priority", "measures", "done", "waiting", "measured now");
            foreach (QueuedJob queued in group)
            {
                Proto.Job job = queued.Job ?? new();
                AddRow(
                    table,
                    job.Id,
                    queued.Owner,
                    Figures.Count(queued.Priority),
                    FleetWords.SpaceOf(job) ?? "operators or a model",
                    $"{Figures.Count(job.Done)}/{Figures.Count(job.Total)}",
                    Figures.Count(queued.Waiting),
                    Figures.Count(queued.Leased)
                );
            }
            console.Write(table);
        }
    }

    /// <summary>All that is known of a device.</summary>
    public static void WriteDevice(IAnsiConsole console, FleetDevice device)
    {
        Proto.Device hardware = device.Device ?? new();
        FactList.Write(
            console,
            [
                ("name", device.Id),
                ("pool", device.Pool),
                ("device", hardware.Name),
                ("uuid", hardware.Uuid),
                ("driver", hardware.Driver),
                ("operating system", hardware.OperatingSystem),
                ("ONNX Runtime", hardware.OnnxruntimeVersion),
                ("providers", string.Join(", ", hardware.Providers.Select(ContractNames.NameOf))),
                ("state", FleetWords.Of(device.State)),
                ("does", FleetWords.Doing(device)),
                ("health", FleetWords.Of(device.Health)),
                ("because", device.Reason.Length > 0 ? FleetWords.Reason(device) : null),
                ("operators in work", Figures.Count(device.Leased)),
                ("factor", FleetWords.Factor(device)),
                ("joined first", FleetWords.Seen(device.FirstSeen) + " UTC"),
                ("last heard of", device.Attached ? "now" : FleetWords.Seen(device.LastSeen) + " UTC"),
                .. FactList.Environment(hardware.Environment),
            ]
        );
    }

    private static string Title(IReadOnlyList<Pool> pools, string id) =>
        pools.FirstOrDefault(pool => pool.Id == id) is { } pool ? $"Pool {pool.Name} ({id})" : $"Pool {id}";

    private static Table Start(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    // What devices and clients are called is text, not markup.
    private static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
}
