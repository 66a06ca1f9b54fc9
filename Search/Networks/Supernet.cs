using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// The supernet (paper, Section 3.2): a grid of cells, layers by scales, shared by teacher and student, who own their stems,
/// refinements and heads. alpha, beta and the widths come from outside with each pass.
/// </summary>
public sealed class Supernet : nn.Module
{
    private readonly ModuleList<ModuleList<Cell>> cells;
    private readonly RoleParts[] roles;

    /// <summary>Makes the supernet of a space, with weights drawn from torch's generator.</summary>
    public Supernet(SearchSpace space)
        : base(nameof(Supernet))
    {
        Space = space;
        roles = [new RoleParts(space, Role.Teacher), new RoleParts(space, Role.Student)];
        cells = new ModuleList<ModuleList<Cell>>([
            .. Enumerable
                .Range(0, space.Layers)
                .Select(layer => new ModuleList<Cell>([
                    .. Enumerable
                        .Range(0, ScalesAt(layer))
                        .Select(scale => new Cell(space, SearchSpace.Scales[scale], GoesDown(layer, scale))),
                ])),
        ]);
        register_module("cells", cells);
        RegisterOfBoth("stem", parts => parts.Stem);
        RegisterOfBoth("refine16", parts => new ModuleList<nn.Module>(parts.Refine16));
        RegisterOfBoth("refine32", parts => new ModuleList<nn.Module>(parts.Refine32));
        foreach (var (name, index) in new[] { "head0", "head1", "head2", "head02", "head12" }.Select((name, index) => (name, index)))
            RegisterOfBoth(name, parts => parts.Heads[index]);
    }

    /// <summary>The space it covers.</summary>
    public SearchSpace Space { get; }

    /// <summary>Number of scales that have a cell at a layer: a cell at layer l and scale s exists for s &lt;= min(l, 2).</summary>
    public static int ScalesAt(int layer) => Math.Min(layer, 2) + 1;

    /// <summary>
    /// One pass of teacher or student: the five heads' logits at 1/8 of the image.
    /// </summary>
    /// <param name="image">[N, 3, H, W], both sides multiples of 32.</param>
    /// <param name="role">Whose stem, refinement and heads.</param>
    /// <param name="architecture">alpha and beta after their softmax.</param>
    /// <param name="widths">The width of every map.</param>
    public SupernetLogits forward(Tensor image, Role role, RelaxedArchitecture architecture, MapWidths widths)
    {
        architecture = architecture.Readable();
        RoleParts own = roles[(int)role];
        Tensor?[] kept = [own.Stem.forward(image), null, null];
        Tensor?[] down = [null, null, null];
        for (int layer = 0; layer < Space.Layers; layer++)
        {
            Tensor?[] keptNext = [null, null, null],
                downNext = [null, null, null];
            for (int scale = 0; scale < ScalesAt(layer); scale++)
            {
                Cell cell = cells[layer][scale];
                Tensor alpha = architecture.Alpha[scale][layer - scale];
                MapWidth input = widths.Of(scale, layer - 1),
                    keepWidth = widths.Of(scale, layer);
                MapWidth downWidth = GoesDown(layer, scale) ? widths.Of(scale + 1, layer) : default;

                // Which maps come in: the kept one of this scale, and from the next finer scale the one that came down.
                Tensor[] incoming = [.. new[] { scale > 0 ? down[scale - 1] : null, kept[scale] }.OfType<Tensor>()];
                Tensor? beta = incoming.Length > 1 ? architecture.Beta[scale]![layer - scale - 1] : null;
                using (var maps = new CellInput(incoming))
                    (keptNext[scale], downNext[scale]) = cell.forward(maps, alpha, beta, input, keepWidth, downWidth);
                foreach (Tensor map in incoming)
                    map.Dispose();
            }
            (kept, down) = (keptNext, downNext);
        }
        return own.Finish(kept[0]!, kept[1]!, kept[2]!);
    }

    private bool GoesDown(int layer, int scale) => scale < 2 && layer < Space.Layers - 1;

    private void RegisterOfBoth(string name, Func<RoleParts, nn.Module> part) =>
        register_module(name, new ModuleList<nn.Module>(part(roles[0]), part(roles[1])));
}
