namespace FasterSeg.Search.Evaluation;

/// <summary>As what a prediction is written.</summary>
internal enum PredictionView
{
    /// <summary>The classes' colours over the picture, and their names below.</summary>
    Overlay,

    /// <summary>The classes' own colours alone, at the picture's size: what an RGB mask has.</summary>
    Colours,

    /// <summary>The data set's label values.</summary>
    Labels,
}
