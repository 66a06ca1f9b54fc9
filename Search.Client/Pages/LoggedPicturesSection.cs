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
    private const string Path = "path/",
        Example = "examples/";

    /// <summary>The section; null where there is none to show.</summary>
    /// <param name="pictures">The newest of each phase and tag.</param>
    /// <param name="contents">The run: its networks, once they are derived, are shown elsewhere.</param>
    public static XElement? Of(IReadOnlyList<LoggedPicture> pictures, RunContents contents)
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
                Element("h2", null, "As it stands"),
                shown.Select(one =>
                    Element("figure", "wide picture", Element("figcaption", null, Caption(one)), Picture(one.Png, Caption(one)))
                )
            );
    }

    private static bool IsOfNetworks(LoggedPicture picture) => picture.Tag.StartsWith("operators/", StringComparison.Ordinal);

    private static string Caption(LoggedPicture picture)
    {
        string what =
            picture.Tag.StartsWith(Path, StringComparison.Ordinal) ? Network(picture.Tag[Path.Length..])
            : picture.Tag.StartsWith(Example, StringComparison.Ordinal) ? "an answer on a validation image"
            : picture.Tag;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, {CurvesSection.NameOf(picture.Phase).ToLowerInvariant()}, after step {picture.Step + 1}"
        );
    }

    /// <summary><c>student_32_8</c> in words.</summary>
    private static string Network(string tag)
    {
        string[] words = tag.Split('_');
        return words.Length == 3 && Enum.TryParse(words[0], ignoreCase: true, out Role role)
            ? $"the {role.Name()} that would be derived now, branches {words[1]}+{words[2]}"
            : tag;
    }
}
