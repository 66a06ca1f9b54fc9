namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg predict</c> says.</summary>
/// <param name="Onnx">The exported network.</param>
/// <param name="Image">A picture, or a folder of them (a video's frames); null where a split is named.</param>
/// <param name="Out">The file, or the folder of all of them.</param>
/// <param name="Data">Whose colours and label values to use; null takes those that the file names, or a general palette and the classes'
/// indices.</param>
/// <param name="Split">The data's images to segment; null where pictures are named.</param>
/// <param name="Labels">Write label images instead of overlays.</param>
/// <param name="Colours">Write the classes' colours alone instead of overlays.</param>
/// <param name="Size">Rows x columns that pictures are brought to, or <c>own</c>; null takes what the file says. Only for a file that
/// leaves its size open.</param>
/// <param name="Overwrite">Predictions that are there may be replaced; pictures never are.</param>
public sealed record PredictArguments(
    string Onnx,
    string? Image,
    string Out,
    string? Data,
    string? Split,
    bool Labels,
    bool Colours,
    string? Size,
    bool Overwrite
);
