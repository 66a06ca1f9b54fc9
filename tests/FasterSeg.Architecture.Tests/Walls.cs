using ArchUnitNET.Domain;

namespace FasterSeg.Architecture.Tests;

/// <summary>Which namespaces use which: of libraries, and of the parts within them.</summary>
internal sealed class Walls
{
    /// <summary>The libraries from the lowest; each with those that it may use.</summary>
    public static IReadOnlyDictionary<string, string[]> Libraries { get; } =
        new Dictionary<string, string[]>
        {
            ["FasterSeg.Protos"] = [],
            ["FasterSeg.Latency"] = [],
            ["FasterSeg.Onnx"] = ["FasterSeg.Latency"],
            ["FasterSeg.Profiler.Client"] = ["FasterSeg.Latency", "FasterSeg.Protos"],
            ["FasterSeg.Profiler.Service"] = ["FasterSeg.Latency", "FasterSeg.Onnx", "FasterSeg.Profiler.Client", "FasterSeg.Protos"],
            ["FasterSeg.Fleet.Service"] =
            [
                "FasterSeg.Latency",
                "FasterSeg.Profiler.Client",
                "FasterSeg.Profiler.Service",
                "FasterSeg.Protos",
            ],
            ["FasterSeg.Search.Client"] =
            [
                "FasterSeg.Latency",
                "FasterSeg.Onnx",
                "FasterSeg.Profiler.Client",
                "FasterSeg.Profiler.Service",
                "FasterSeg.Protos",
                "FasterSeg.Search",
            ],
            ["FasterSeg.Search"] = ["FasterSeg.Latency", "FasterSeg.Onnx", "FasterSeg.Profiler.Client", "FasterSeg.Protos"],
        };

    /// <summary>What the wire throws.</summary>
    public const string WireException = "Grpc.Core.RpcException";

    /// <summary>The parts of the services that may know the wire: those that are called, and the one that calls a fleet.</summary>
    public static IReadOnlyList<string> WireParts { get; } =
    ["FasterSeg.Profiler.Service.Grpc", "FasterSeg.Profiler.Service.Joining", "FasterSeg.Fleet.Service.Grpc"];

    /// <summary>Namespaces of the contracts' messages.</summary>
    public static IReadOnlyList<string> Messages { get; } = ["FasterSeg.Protos.Profiler.V1", "FasterSeg.Protos.Fleet.V1"];

    /// <summary>What one type uses of another, each once.</summary>
    /// <param name="From">Full name of the type.</param>
    /// <param name="FromSpace">Its namespace.</param>
    /// <param name="To">Full name of the other.</param>
    /// <param name="ToSpace">Its namespace.</param>
    public sealed record Use(string From, string FromSpace, string To, string ToSpace);

    /// <summary>Every use between types of this project.</summary>
    public static IReadOnlyList<Use> Of(ArchUnitNET.Domain.Architecture architecture) =>
        [.. All(architecture).Where(use => LibraryOf(use.FromSpace) is not null && LibraryOf(use.ToSpace) is not null)];

    /// <summary>Every use of one type, of this project or not, by this project.</summary>
    public static IReadOnlyList<Use> OfType(ArchUnitNET.Domain.Architecture architecture, string type) =>
        [.. All(architecture).Where(use => LibraryOf(use.FromSpace) is not null && use.To == type)];

    /// <summary>The uses that no arrow allows, by library.</summary>
    public static IReadOnlyList<string> Violations(IEnumerable<Use> uses) =>
        [
            .. uses.Where(use =>
                    LibraryOf(use.FromSpace) is { } from && LibraryOf(use.ToSpace) is { } to && from != to && !Libraries[from].Contains(to)
                )
                .Select(use => $"{use.From} uses {use.To}")
                .Distinct(),
        ];

    /// <summary>Who in the services uses the wire's exception beside the parts that may.</summary>
    public static IReadOnlyList<string> WireViolations(IEnumerable<Use> uses) =>
        [
            .. uses.Where(use =>
                    LibraryOf(use.FromSpace) is "FasterSeg.Profiler.Service" or "FasterSeg.Fleet.Service"
                    && !WireParts.Contains(use.FromSpace)
                )
                .Select(use => $"{use.From} uses {use.To}")
                .Distinct(),
        ];

    /// <summary>The parts of a library (the namespaces one below it, with theirs) that use each other in a circle, one group a line, with
    /// a use for each of its arrows.</summary>
    public static IReadOnlyList<string> Cycles(IReadOnlyCollection<Use> uses)
    {
        ILookup<(string From, string To), Use> arrows = uses.Where(use => PartOf(use.FromSpace) != PartOf(use.ToSpace))
            .ToLookup(use => (PartOf(use.FromSpace), PartOf(use.ToSpace)));
        ILookup<string, string> edges = arrows.Select(arrow => arrow.Key).ToLookup(arrow => arrow.From, arrow => arrow.To);
        Dictionary<string, HashSet<string>> reached = edges.ToDictionary(each => each.Key, each => Reach(edges, each.Key));
        string Told(string[] group)
        {
            IEnumerable<Use> inside = arrows
                .Where(arrow => group.Contains(arrow.Key.From) && group.Contains(arrow.Key.To))
                .Select(arrow => arrow.First());
            return $"{string.Join(", ", group)} ({string.Join("; ", inside.Select(use => $"{use.From} uses {use.To}"))})";
        }
        return
        [
            .. reached
                .Keys.Select(part => reached[part].Where(other => reached.TryGetValue(other, out var back) && back.Contains(part)))
                .Select(group => group.Distinct().Order(StringComparer.Ordinal).ToArray())
                .Where(group => group.Length > 1)
                .Select(Told)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<Use> All(ArchUnitNET.Domain.Architecture architecture) =>
        from type in architecture.Types
        from dependency in type.Dependencies
        // The loader takes one method's type parameter for another's of the same name, in any assembly.
        where dependency.Target is not GenericParameter
        select new Use(
            type.FullName,
            type.Namespace?.FullName ?? "",
            dependency.Target.FullName,
            dependency.Target.Namespace?.FullName ?? ""
        );

    private static HashSet<string> Reach(ILookup<string, string> edges, string from)
    {
        var seen = new HashSet<string>();
        var next = new Stack<string>(edges[from]);
        while (next.TryPop(out string? part))
        {
            if (!seen.Add(part))
                continue;
            foreach (string other in edges[part])
                next.Push(other);
        }
        return seen;
    }

    private static string? LibraryOf(string space) =>
        Libraries
            .Keys.Where(library => space == library || space.StartsWith(library + ".", StringComparison.Ordinal))
            .MaxBy(library => library.Length);

    private static string PartOf(string space)
    {
        string library = LibraryOf(space)!;
        return space == library ? library : library + "." + space[(library.Length + 1)..].Split('.')[0];
    }
}
