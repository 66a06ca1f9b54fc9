using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Onnx;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Export;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The options of <c>fasterseg export</c> that say what the file takes and gives.</summary>
internal sealed class ExportFormOptions
{
    private readonly Option<bool> argmax = new("--argmax")
    {
        Description = "End in each pixel's class, [N, H, W] of int64, not in logits.",
    };

    private readonly Option<string?> preprocess = new("--preprocess")
    {
        HelpName = "nhwc|nchw",
        Description = "Take the picture's own bytes (uint8 RGB, [N, H, W, 3] or [N, 3, H, W]) and normalize them in the graph.",
    };

    private readonly Option<string?> shape = new("--shape")
    {
        HelpName = "HxW",
        Description = "Rows and columns of the input, multiples of 32. Default: those of the search space.",
    };

    private readonly Option<int> batch = new("--batch")
    {
        HelpName = "N",
        Description = "Pictures in a batch.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> dynamic = new("--dynamic")
    {
        HelpName = "batch,size",
        Description = "Leave the batch, the size (multiples of 32 from 64 on) or both to whoever runs the file. Slower on many devices.",
    };

    public ExportFormOptions() => preprocess.AcceptOnlyFromAmong("nhwc", "nchw");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [argmax, preprocess, shape, batch, dynamic];

    /// <summary>The form that was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="hasOnnx">Whether a file is written that has a form: the weights for PyTorch have none.</param>
    /// <exception cref="UsageException">A value means nothing.</exception>
    public ExportForm Form(ParseResult parsed, bool hasOnnx)
    {
        Option[] ofOnnx = [argmax, preprocess, batch, dynamic];
        if (!hasOnnx && Array.Find(ofOnnx, option => parsed.GetResult(option) is { Implicit: false }) is { } idle)
            throw new UsageException(
                $"{idle.Name} changes an ONNX file and no weights for PyTorch: name one with --onnx, or leave it out."
            );
        DynamicAxes open = Open(parsed.GetValue(dynamic));
        if (open.HasFlag(DynamicAxes.Batch) && parsed.GetResult(batch) is { Implicit: false })
            throw new UsageException(
                FormattableString.Invariant($"--batch {parsed.GetValue(batch)} fixes how many pictures a batch has, and --dynamic ")
                    + "batch leaves it open: leave one of them out."
            );
        return new()
        {
            Argmax = parsed.GetValue(argmax),
            Bytes = parsed.GetValue(preprocess) switch
            {
                "nhwc" => PictureLayout.Nhwc,
                "nchw" => PictureLayout.Nchw,
                _ => null,
            },
            Batch = parsed.GetValue(batch),
            Open = open,
        };
    }

    /// <summary>The size that was asked for; null where none was.</summary>
    /// <exception cref="UsageException">It is no size that a network has.</exception>
    public (int Height, int Width)? Size(ParseResult parsed) =>
        parsed.GetValue(shape) is { } text ? EvaluationMode.Sides(text, shape.Name) : null;

    private static DynamicAxes Open(string? text) =>
        (text?.Split(',', StringSplitOptions.TrimEntries) ?? []).Aggregate(DynamicAxes.None, (axes, word) => axes
            | word switch
            {
                "batch" => DynamicAxes.Batch,
                "size" => DynamicAxes.Size,
                _ => throw new UsageException($"--dynamic '{text}': write batch, size or batch,size."),
            });
}
