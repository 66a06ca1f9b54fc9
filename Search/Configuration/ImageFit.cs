namespace FasterSeg.Search.Configuration;

/// <summary>
/// How a picture of any size is brought to the deployed size, <c>space:height</c> x <c>space:width</c>, which latency is measured at:
/// before it is augmented and cropped in training, and before the network sees it in an evaluation or a prediction.
/// </summary>
public enum ImageFit
{
    /// <summary>Each side is scaled to its length. The whole picture is seen and no input is wasted; another shape is distorted.</summary>
    Resize,

    /// <summary>Scaled in its shape until all of it fits, into the upper left corner; the rest has the mean colour and counts
    /// nowhere.</summary>
    Pad,

    /// <summary>Scaled in its shape until nothing is left to fill, and its middle cut out; what is cut off counts nowhere.</summary>
    Crop,

    /// <summary>
    /// What versions before this setting did, and what their runs go on with: trained on pictures at their own size; the deployed network
    /// gets them padded or, where they are larger, shrunk in their shape.
    /// </summary>
    Own,
}
