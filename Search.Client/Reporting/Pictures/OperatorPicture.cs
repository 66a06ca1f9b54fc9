using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>
/// The operators of a derived network as a table: a row for each branch, a column for each layer, and in a cell the operator, its
/// channels and its estimated latency. What both branches share stands in both rows. A long network goes on below.
/// </summary>
public static class OperatorPicture
{
    private const float Left = 52,
        Top = 66,
        CellWidth = 88,
        CellHeight = 84,
        BandHeight = (2 * CellHeight) + 40,
        Gap = 4,
        Text = 9,
        Title = 12;
    private const int MostColumns = 12;

    private sealed record Cell(int Column, IReadOnlyList<int> Branches, string[] Lines, OperatorKind Kind, double? Milliseconds);

    /// <summary>Draws a network's table.</summary>
    public static RgbImage Draw(NetworkPlan plan, NetworkEstimate estimate)
    {
        int layers = plan.Architecture.Branches.Max(branch => branch.Layers);
        Cell[] cells = [.. Cells(estimate, layers)];
        double slowest = cells.Max(cell => cell.Milliseconds ?? 0);
        int columns = cells.Max(cell => cell.Column) + 1;
        int bands = (columns + MostColumns - 1) / MostColumns,
            across = (columns + bands - 1) / bands;
        return PictureCanvas.Draw(Math.Max(700, Left + (across * CellWidth) + 10), Top + (bands * BandHeight) - 26, canvas =>
        {
            canvas.Head(
                plan.Architecture.ToString(),
                string.Create(CultureInfo.InvariantCulture, $"{plan.Height}x{plan.Width}, estimate {estimate.TotalMs:F3} ms")
            );
            for (int column = 0; column < columns; column++)
            {
                SKPoint corner = Corner(column, across);
                Lettering.Write(
                    canvas,
                    NameOf(column, layers),
                    corner.X + (CellWidth / 2),
                    corner.Y - 18,
                    Text,
                    PictureColours.Grey,
                    Lettering.Align.Centre
                );
            }
            for (int row = 0; row < 2 * bands; row++)
            {
                Lettering.Write(
                    canvas,
                    FormattableString.Invariant($"{plan.Architecture.Branches[row % 2].LastScale}s"),
                    Left - 10,
                    Top + (row / 2 * BandHeight) + (((row % 2) + 0.5f) * CellHeight) - 6,
                    Title,
                    PictureColours.Of([row % 2]),
                    Lettering.Align.Right,
                    bold: true
                );
            }
            foreach (Cell cell in cells)
                DrawCell(canvas, cell, Corner(cell.Column, across), slowest);
        });
    }

    /// <summary>The upper left corner of a column's two cells.</summary>
    private static SKPoint Corner(int column, int across) =>
        new(Left + (column % across * CellWidth), Top + (column / across * BandHeight));

    private static string NameOf(int column, int layers) =>
        (column - layers) switch
        {
            1 => "refinement",
            2 => "fusion",
            3 => "head",
            4 => "upsampling",
            _ => column == 0 ? "stem" : FormattableString.Invariant($"layer {column - 1}"),
        };

    private static IEnumerable<Cell> Cells(NetworkEstimate estimate, int layers)
    {
        foreach (PartShare share in estimate.Shares.Where(share => share.Part.Layer is not null))
        {
            OperatorSpec spec = share.Part.Spec;
            string name = PictureColours.NameOf(spec.Kind),
                channels = FormattableString.Invariant($"{spec.InChannels}-{spec.OutChannels}{(spec.Stride == 2 ? " s2" : "")}");
            yield return new Cell(
                share.Part.Layer!.Value + 1,
                share.Part.Branches,
                [.. name.Replace("zoomed ", "zoomed\n", StringComparison.Ordinal).Split('\n'), channels],
                spec.Kind,
                share.Milliseconds
            );
        }
        foreach (
            var group in estimate
                .Shares.Where(share => share.Part.Layer is null)
                .GroupBy(share => (Column: Column(share.Part, layers), share.Part.Branches[0], share.Part.Branches.Count))
        )
        {
            double?[] known = [.. group.Select(share => share.Milliseconds).Where(ms => ms is not null)];
            string parts = FormattableString.Invariant($"{group.Count()} {(group.Count() == 1 ? "part" : "parts")}");
            yield return new Cell(
                group.Key.Column,
                group.First().Part.Branches,
                [parts],
                OperatorKind.Stem,
                known.Length == 0 ? null : known.Sum()
            );
        }
    }

    private static int Column(NetworkPart part, int layers) =>
        part.Name.Split('.')[0] switch
        {
            "stem" => 0,
            "ffm" => layers + 2,
            "heads8" => layers + 3,
            "upsample" => layers + 4,
            _ => layers + 1,
        };

    private static void DrawCell(SKCanvas canvas, Cell cell, SKPoint corner, double slowest)
    {
        float left = corner.X,
            top = corner.Y + (cell.Branches[0] * CellHeight),
            height = cell.Branches.Count * CellHeight;
        var place = new SKRect(left + (Gap / 2), top + (Gap / 2), left + CellWidth - (Gap / 2), top + height - (Gap / 2));
        canvas.Fill(place, PictureColours.Of(cell.Kind).WithAlpha(0x70));
        canvas.Outline(place, PictureColours.Of(cell.Branches), 1.2f);
        float line = Text + 6,
            y = top + ((height - ((cell.Lines.Length + 1) * line) - 6) / 2);
        foreach (string text in cell.Lines)
        {
            Lettering.Write(canvas, text, place.MidX, y, Text, PictureColours.Ink, Lettering.Align.Centre);
            y += line;
        }
        string latency = cell.Milliseconds is double ms ? Figures.Milliseconds(ms) + " ms" : "not known";
        Lettering.Write(
            canvas,
            latency,
            place.MidX,
            y,
            Text,
            PictureColours.Ink,
            Lettering.Align.Centre,
            bold: cell.Milliseconds is not null
        );
        // Its share of the slowest cell, at a glance.
        float full = place.Width - 16,
            bar = (float)(slowest > 0 ? full * (cell.Milliseconds ?? 0) / slowest : 0);
        var track = new SKRect(place.Left + 8, place.Bottom - 9, place.Right - 8, place.Bottom - 5);
        canvas.Fill(track, PictureColours.Paper, radius: 2);
        canvas.Fill(new SKRect(track.Left, track.Top, track.Left + bar, track.Bottom), PictureColours.Ink, radius: 2);
    }
}
