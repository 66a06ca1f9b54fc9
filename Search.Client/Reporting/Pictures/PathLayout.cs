using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>
/// Where the maps of a derived network stand in its picture: a column for each layer, a lane for each scale, and in a lane one
/// track for each branch with the shared maps between them.
/// </summary>
internal sealed class PathLayout
{
    /// <summary>A map.</summary>
    /// <param name="Part">The part that gives it, by its index in the plan.</param>
    /// <param name="Column">0 is the stem, 1 the first layer.</param>
    /// <param name="Lane">0, 1, 2 for 1/8, 1/16, 1/32.</param>
    /// <param name="Track">-1 the deep branch's, 0 both branches', 1 the shallow one's.</param>
    public sealed record Node(int Part, int Column, int Lane, int Track);

    /// <summary>A map is read by the part that gives another.</summary>
    /// <param name="From">What is read.</param>
    /// <param name="To">The map that is made of it.</param>
    /// <param name="Branches">Who uses it.</param>
    /// <param name="Lateral">The branch's last map at a scale, which its refinement reads beside the coarser one.</param>
    public sealed record Link(Node From, Node To, IReadOnlyList<int> Branches, bool Lateral);

    private readonly Dictionary<int, Node> byPart = [];

    /// <summary>Lays out a plan.</summary>
    public PathLayout(NetworkPlan plan)
    {
        Layers = plan.Architecture.Branches.Max(branch => branch.Layers);
        for (int i = 0; i < plan.Parts.Count; i++)
        {
            if (NodeOf(plan, i) is { } node)
                byPart.Add(i, node);
        }
        foreach (int lane in new[] { 0, 1, 2 }.Where(lane => TracksOf(lane) == 1))
        {
            // A lane with one track has it in the middle.
            foreach (Node node in byPart.Values.Where(node => node.Lane == lane).ToArray())
                byPart[node.Part] = node with { Track = 0 };
        }
        Links =
        [
            .. byPart.Values.SelectMany(node =>
                Sources(plan, node.Part, lateral: false)
                    .Where(source => byPart.ContainsKey(source.Part))
                    .Select(source => new Link(byPart[source.Part], node, Users(plan, source.Part, node.Part), source.Lateral))
            ),
        ];
    }

    /// <summary>Layers of the longer branch.</summary>
    public int Layers { get; }

    /// <summary>Number of columns.</summary>
    public int Columns => Layers + 5;

    /// <summary>The maps.</summary>
    public IReadOnlyCollection<Node> Nodes => byPart.Values;

    /// <summary>What is read by what.</summary>
    public IReadOnlyList<Link> Links { get; }

    /// <summary>How many tracks of a lane hold a map: 1, 2 or 3.</summary>
    public int TracksOf(int lane) => byPart.Values.Where(node => node.Lane == lane).Select(node => node.Track).Distinct().Count();

    /// <summary>A column's name.</summary>
    public string NameOf(int column) =>
        (column - Layers) switch
        {
            1 => "refine 16",
            2 => "refine 8",
            3 => "fuse",
            4 => "head",
            _ => column == 0 ? "stem" : FormattableString.Invariant($"{column - 1}"),
        };

    private Node? NodeOf(NetworkPlan plan, int index)
    {
        NetworkPart part = plan.Parts[index];
        int lane = SearchSpace.Scales.ToList().IndexOf(plan.Height / part.Spec.OutHeight);
        int track =
            part.Branches.Count > 1 ? 0
            : part.Branches[0] == 0 ? -1
            : 1;
        int? column =
            part.Layer is int layer ? layer + 1
            : part.Name == "stem.2" ? 0
            : part.Spec.Kind == OperatorKind.Refine ? Layers + (lane == 1 ? 1 : 2)
            : part.Spec.Kind == OperatorKind.Fusion ? Layers + 3
            : part.Spec.Kind == OperatorKind.Head ? Layers + 4
            : null;
        return column is int at ? new Node(index, at, lane, track) : null;
    }

    /// <summary>The maps that a part reads, through what is not drawn (1x1, enlargement, concatenation).</summary>
    private IEnumerable<(int Part, bool Lateral)> Sources(NetworkPlan plan, int part, bool lateral)
    {
        IReadOnlyList<int> inputs = plan.Parts[part].Inputs;
        bool refinement = plan.Parts[part].Name.StartsWith("refines", StringComparison.Ordinal) && inputs.Count == 2;
        for (int i = 0; i < inputs.Count; i++)
        {
            bool beside = lateral || (refinement && i == 1);
            if (inputs[i] == NetworkPlan.Image || byPart.ContainsKey(inputs[i]))
                yield return (inputs[i], beside);
            else
            {
                foreach (var source in Sources(plan, inputs[i], beside))
                    yield return source;
            }
        }
    }

    private static IReadOnlyList<int> Users(NetworkPlan plan, int from, int to) =>
        plan.Parts[to].Branches.Count <= plan.Parts[from].Branches.Count ? plan.Parts[to].Branches : plan.Parts[from].Branches;
}
