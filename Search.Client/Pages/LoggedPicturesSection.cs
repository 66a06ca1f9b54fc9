using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Runs.TensorBoard;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Pages;

/// <summary>The last pictures that a run logged: the networks that would be derived now, and what those in training answer.</summary>
internal static class LoggedPicturesSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "As it stands";

    private const string Path = "path/",
        Example = "examples/";

    /// <summary>The section; null where there is none to show.</summary>
    /// <param name="pictures">The newest of each phase and tag.</param>
    /// <param name="contents">The run: its networks, once they are derived, are shown elsewhere.</param>
    /// <param name="hasMore">Whether more was logged than is kept.</param>
    public static XElement? Of(IReadOnlyList<LoggedPicture> pictures, RunContents contents, bool hasMore)
    {
        bool derived = contents.Networks.Count > 0;
        LoggedPicture[] shown =
        [
            .. pictures.Where(one => one.Tag.StartsWith(Path, StringComparison.Ordinal) ? !derived : !IsOfNetworks(one)),
        ];
        return shown.Length == 0
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, Title),
                hasMore ? Element("p", "warning", "More pictures were logged than are shown here: TensorBoard shows all.") : null,
                shown.Select(one =>
                    Element(
                        "figure",
                        "picture",
                        Element("figcaption", null, Caption(one, contents)),
                        Picture(one.Png, Caption(one, contents))
                    )
                )
            );
    }

    private static bool IsOfNetworks(LoggedPicture picture) => picture.Tag.StartsWith("operators/", StringComparison.Ordinal);

    private static string Caption(LoggedPicture picture, RunContents contents)
    {
        // What a training's end shows is logged where the step after its last one would be.
        bool isEnd = contents.StepsLogged.TryGetValue(picture.Phase, out long steps) && picture.Step == steps;
        string what =
            picture.Tag.StartsWith(Path, StringComparison.Ordinal) ? Network(picture.Tag[Path.Length..])
            : picture.Tag.StartsWith(Example, StringComparison.Ordinal) ? Answer(picture.Tag[Example.Length..])
            : picture.Tag;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, {CurvesSection.NameOf(picture.Phase).ToLowerInvariant()}, after step {(isEnd ? picture.Step : picture.Step + 1)}"
        );
    }

    /// <summary><c>2</c> in words.</summary>
    private static string Answer(string tag) =>
        int.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? string.Create(CultureInfo.InvariantCulture, $"the answer on validation image {number + 1}")
            : tag;

    /// <summary><c>student_32_8</c> in words.</summary>
    private static string Network(string tag)
    {
        string[] words = tag.Split('_');
        return words.Length == 3 && Enum.TryParse(words[0], ignoreCase: true, out Role role)
            ? $"the {role.Name()} that would be derived now, branches {words[1]}+{words[2]}"
            : tag;
    }
}
