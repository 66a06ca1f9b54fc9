using System.Xml.Linq;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>What this program drew, on a page.</summary>
internal static class DrawnPicture
{
    /// <summary>The picture in a box, as wide as it was meant to be: it is drawn finer, for screens that show that.</summary>
    /// <param name="picture">Drawn on a <see cref="PictureCanvas"/>.</param>
    /// <param name="description">Says what it shows to who does not see it.</param>
    public static XElement Of(RgbImage picture, string description) =>
        Element("div", "picture", Picture(ImageFile.ToPng(picture), description, picture.Width / PictureCanvas.Scale));
}
