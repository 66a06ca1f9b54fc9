using System.Globalization;
using System.Text.RegularExpressions;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Client;
using Dimension = FasterSeg.Onnx.Messages.TensorShapeProto.Types.Dimension;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// The sides of a model's inputs. A side that the model leaves open (dynamic: a name, nothing, or a negative number) is fixed in the model
/// itself, so
/// that every provider sees a model with static inputs, and its name wherever else it stands. An input that is still open is refused.
/// </summary>
public static partial class InputShapes
{
    private const int Channels = 3,
        Rows = 512,
        Columns = 1024,
        Length = 128;

    /// <summary>Fixes open sides, in the model that is given.</summary>
    /// <exception cref="UnusableModelException">A shape names no input, or contradicts the model or another shape.</exception>
    public static void Fix(ModelProto model, IReadOnlyList<InputShape> shapes)
    {
        ValueInfoProto[] inputs = Inputs(model.Graph);
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (InputShape asked in shapes)
        {
            ValueInfoProto input = inputs.FirstOrDefault(each => each.Name == asked.Name)
                ?? throw new UnusableModelException(
                    $"The model has no input '{asked.Name}' to give a shape to: its inputs are "
                        + $"{string.Join(", ", inputs.Select(each => $"'{each.Name}'"))}."
                );
            if (input.Type?.TensorType is not { } tensor)
                throw new UnusableModelException($"The model's input '{input.Name}' is no tensor and has no shape to set.");
            if (asked.Sides.Any(side => side < 1))
                throw new UnusableModelException(
                    $"A shape of {Text(asked.Sides)} for the input '{input.Name}' has a side that is not above 0."
                );
            Fix(input, tensor, asked, symbols);
        }
        foreach (ValueInfoProto value in model.Graph.Input.Concat(model.Graph.Output).Concat(model.Graph.ValueInfo))
        {
            foreach (Dimension side in value.Type?.TensorType?.Shape?.Dim ?? [])
            {
                if (side.ValueCase == Dimension.ValueOneofCase.DimParam && symbols.TryGetValue(side.DimParam, out long fixedSide))
                    side.DimValue = fixedSide;
            }
        }
    }

    /// <summary>Refuses a model with an input whose sides are not all known and above 0.</summary>
    /// <exception cref="UnusableModelException">There is one; the message shows the shapes to write.</exception>
    public static void RequireFixed(ModelProto model)
    {
        ValueInfoProto[] inputs = Inputs(model.Graph);
        foreach (ValueInfoProto input in inputs)
        {
            // What is no tensor has no shape either, and is refused by its kind.
            if (input.Type?.TensorType is not { } tensor)
                continue;
            TensorShapeProto? shape = tensor.Shape;
            if (shape is not null && shape.Dim.All(side => SideOf(side) > 0))
                continue;
            string what =
                shape is null ? $"The model's input '{input.Name}' has no shape"
                : shape.Dim.Any(side => SideOf(side) == 0)
                    ? throw new UnusableModelException(
                        $"The model's input '{input.Name}' is {Text(shape)}: a side of 0 holds no values, so there is nothing to "
                            + "measure. Export the model with the sides that it will have."
                    )
                : $"The shape {Text(shape)} of the model's input '{input.Name}' is dynamic";
            throw new UnusableModelException(
                $"{what}: say what to measure with {string.Join(' ', inputs.Where(IsOpen).Select(Suggestion))}, or export the "
                    + "model with fixed sides."
            );
        }
    }

    /// <summary>The inputs that a caller has to give: older models list their weights among the inputs too.</summary>
    private static ValueInfoProto[] Inputs(GraphProto graph)
    {
        HashSet<string> weights = [.. graph.Initializer.Select(tensor => tensor.Name)];
        return [.. graph.Input.Where(input => !weights.Contains(input.Name))];
    }

    private static void Fix(ValueInfoProto input, TypeProto.Types.Tensor tensor, InputShape asked, Dictionary<string, long> symbols)
    {
        TensorShapeProto before = tensor.Shape ?? new();
        if (tensor.Shape is not null && before.Dim.Count != asked.Sides.Count)
            throw new UnusableModelException(
                $"A shape of {Text(asked.Sides)} for the input '{input.Name}' has {asked.Sides.Count} sides, and the model says "
                    + $"{Text(before)}: write {Suggestion(input)}."
            );
        for (int i = 0; i < before.Dim.Count; i++)
        {
            Dimension side = before.Dim[i];
            long given = asked.Sides[i];
            if (SideOf(side) is >= 0 and { } known && known != given)
                throw new UnusableModelException(
                    $"A shape of {Text(asked.Sides)} for the input '{input.Name}' contradicts the model, which fixes it to "
                        + $"{Text(before)}: only dynamic sides can be set."
                );
            if (side.ValueCase != Dimension.ValueOneofCase.DimParam || side.DimParam.Length == 0)
                continue;
            if (symbols.TryGetValue(side.DimParam, out long other) && other != given)
                throw new UnusableModelException(
                    $"The side '{side.DimParam}' is {other} in one shape and {given} in "
                        + "another: it is one side of the model, and has one size."
                );
            symbols[side.DimParam] = given;
        }
        tensor.Shape = new TensorShapeProto { Dim = { asked.Sides.Select(side => new Dimension { DimValue = side }) } };
    }

    private static bool IsOpen(ValueInfoProto input) =>
        input.Type?.TensorType is { } tensor && (tensor.Shape is null || tensor.Shape.Dim.Any(side => SideOf(side) is null));

    /// <summary>A side; null where it is dynamic.</summary>
    private static long? SideOf(Dimension side) =>
        side.ValueCase == Dimension.ValueOneofCase.DimValue && side.DimValue >= 0 ? side.DimValue : null;

    private static string Suggestion(ValueInfoProto input)
    {
        IReadOnlyList<Dimension> sides = input.Type?.TensorType?.Shape?.Dim is { } known
            ? known
            : Enumerable.Repeat(new Dimension(), 4).ToArray();
        string shape = sides.Count == 0 ? "scalar" : Text(sides.Select((side, i) => SideOf(side) ?? Usual(i, sides.Count)));
        string option = $"{input.Name}={shape}";
        return "--shape " + (Plain().IsMatch(option) ? option : $"'{option}'");
    }

    /// <summary>A side as it often is: of images by batch, channels, rows, columns, of other maps by batch and length.</summary>
    private static long Usual(int index, int count) =>
        (index, count) switch
        {
            (0, _) => 1,
            (1, 4) => Channels,
            (2, 4) => Rows,
            (3, 4) => Columns,
            _ => Length,
        };

    private static string Text(IEnumerable<long> sides) =>
        string.Join('x', sides.Select(side => side.ToString(CultureInfo.InvariantCulture))) is { Length: > 0 } text ? text : "scalar";

    private static string Text(TensorShapeProto shape) =>
        shape.Dim.Count == 0
            ? "scalar"
            : string.Join(
                'x',
                shape.Dim.Select(side =>
                    SideOf(side) is { } known ? known.ToString(CultureInfo.InvariantCulture)
                    : side.ValueCase == Dimension.ValueOneofCase.DimParam && side.DimParam.Length > 0 ? side.DimParam
                    : "?"
                )
            );

    // What a shell takes without quotes.
    [GeneratedRegex(@"^[A-Za-z0-9_.:/=+-]+$")]
    private static partial Regex Plain();
}
