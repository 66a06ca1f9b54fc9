using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>Writes predictions: as pictures for people, or as label images for programs.</summary>
/// <param name="classes">The classes.</param>
/// <param name="encoding">Values of label images.</param>
/// <param name="view">As what they are written.</param>
internal sealed class PredictionWriter(IReadOnlyList<SegmentationClass> classes, LabelEncoding encoding, PredictionView view)
{
    private const int MostNames = 5;

    /// <summary>Writes one prediction: a label image as PNG, a picture in the format that the file's name says.</summary>
    /// <exception cref="Latency.UserErrorException">The file cannot be written.</exception>
    public void Write(string path, RgbImage image, LabelMap prediction)
    {
        switch (view)
        {
            case PredictionView.Labels:
                ImageFile.WriteGreyPng(path, prediction.Height, prediction.Width, encoding.Encode(prediction));
                break;
            case PredictionView.Colours:
                ImageFile.Write(path, Overlay.Colours(prediction, classes));
                break;
            default:
                Overlay.Write(path, image, prediction, classes);
                break;
        }
    }

    /// <summary>The classes that take most of a prediction, e.g. <c>road 40 %, sky 30 %</c>.</summary>
    public string Shares(LabelMap prediction) =>
        string.Join(
            ", ",
            prediction
                .Classes.CountBy(c => c)
                .OrderByDescending(count => count.Value)
                .Take(MostNames)
                .Select(count => FormattableString.Invariant($"{Name(count.Key)} {100.0 * count.Value / prediction.Classes.Length:F0} %"))
        );

    /// <summary>Pixels that the network did not see have no class.</summary>
    private string Name(byte @class) => @class == LabelMap.Ignore ? "not seen" : classes[@class].Name;
}
