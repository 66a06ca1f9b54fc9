using FasterSeg.Latency.Networks;
using FasterSeg.Onnx;

namespace FasterSeg.Search.Export;

/// <summary>What an exported file takes and gives, in words.</summary>
public static class ExportedShapes
{
    /// <summary>E.g. <c>takes image, uint8 [1, 64, 128, 3] (RGB), and gives classes, int64 [1, 64, 128]</c>. What is left open has a
    /// letter: N pictures, H rows, W columns.</summary>
    /// <param name="plan">The network at the exported size.</param>
    /// <param name="form">What the file takes and gives.</param>
    public static string Of(NetworkPlan plan, ExportForm form)
    {
        bool isOpen = form.Open.HasFlag(DynamicAxes.Size);
        int stride = plan.Height / plan.Parts[^1].Spec.OutHeight;
        string pictures = form.Open.HasFlag(DynamicAxes.Batch) ? "N" : FormattableString.Invariant($"{form.Batch}"),
            rows = Side("H", plan.Height, 1),
            columns = Side("W", plan.Width, 1),
            type = form.Bytes is null ? "float32" : "uint8",
            order = form.Bytes == PictureLayout.Nhwc ? $"{pictures}, {rows}, {columns}, 3" : $"{pictures}, 3, {rows}, {columns}",
            map = $"{Side("H", plan.Height, stride)}, {Side("W", plan.Width, stride)}",
            values = form.Bytes is null ? "RGB, normalized" : "RGB",
            given = form.Argmax
                ? $"{ClassOutput.Name}, int64 [{pictures}, {map}]"
                : FormattableString.Invariant($"{NetworkExporter.OutputName}, float32 [{pictures}, {plan.Architecture.Classes}, {map}]");
        return $"takes {NetworkExporter.InputName}, {type} [{order}] ({values}), and gives {given}";

        string Side(string letter, int side, int over) =>
            !isOpen ? FormattableString.Invariant($"{side / over}")
            : over == 1 ? letter
            : FormattableString.Invariant($"{letter}/{over}");
    }
}
