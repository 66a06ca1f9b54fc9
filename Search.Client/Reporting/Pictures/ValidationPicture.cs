using FasterSeg.Latency.Agreeing;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Validating;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>
/// Estimates over measurements, a dot a network: above in milliseconds with the diagonal, below the error in percent. Both have the band of
/// +-5 %. By hand: ScottPlot 5 would bring HarfBuzz's native libraries for this one picture, and would have to be told of the two
/// panels, the bands and the marks all the same.
/// </summary>
public static class ValidationPicture
{
    private const float Width = 720,
        Height = 880,
        Left = 78,
        Right = Width - 24,
        Text = 9,
        Title = 12,
        Dot = 3.2f;
    private const double Band = 0.05;

    private static readonly SKRect Above = new(Left, 96, Right, 584),
        Below = new(Left, 628, Right, Height - 58);

    // As the pictures of networks have them: told apart by colour-blind people too, and by fill and outline besides.
    private static readonly SKColor Reporting = PictureColours.Deep,
        Fitting = PictureColours.Shallow;

    /// <summary>Draws a validation's own estimates: those of its table as it is.</summary>
    /// <param name="validation">At least one network of it is measured.</param>
    /// <param name="way">How the table estimates: <see cref="EstimateResult.PlainSum"/> or <see cref="EstimateResult.TableSum"/>.</param>
    public static RgbImage Draw(TableValidation validation, string way)
    {
        ValidatedNetwork[] networks = [.. validation.Measured(NetworkUse.Fitting), .. validation.Measured(NetworkUse.Reporting)];
        // One axis for both, so that the diagonal goes from corner to corner.
        Axis milliseconds = Axis.Around(networks.SelectMany(network => new[] { network.EstimateMs!.Value, network.MeasuredMs()!.Value }));
        double[] errors = [.. networks.Select(network => 100 * Error(network))];
        Axis percent = Axis.Around([.. errors, -100 * Band * 1.1, 100 * Band * 1.1]);
        var above = new ChartPanel(Above, milliseconds, milliseconds);
        var below = new ChartPanel(Below, milliseconds, percent);
        return PictureCanvas.Draw(Width, Height, canvas =>
        {
            Head(canvas, validation, way);
            above.Frame(canvas, "estimate, ms");
            below.Frame(canvas, "error, %");
            Lettering.Write(canvas, "measured, ms", (Left + Right) / 2, Height - 24, Text, PictureColours.Ink, Lettering.Align.Centre);
            InBand(canvas, above, (measured, factor) => measured * factor);
            InBand(canvas, below, (_, factor) => 100 * (factor - 1));
            foreach (ValidatedNetwork network in networks)
            {
                double measured = network.MeasuredMs()!.Value;
                Mark(canvas, above.At(measured, network.EstimateMs!.Value), network.Use);
                Mark(canvas, below.At(measured, 100 * Error(network)), network.Use);
            }
        });
    }

    private static double Error(ValidatedNetwork network) => Agreement.Error(network.EstimateMs!.Value, network.MeasuredMs()!.Value);

    /// <summary>What the picture is called.</summary>
    internal static string HeadOf(string way) => $"{char.ToUpperInvariant(way[0])}{way[1..]}, over whole networks";

    private static void Head(SKCanvas canvas, TableValidation validation, string way)
    {
        Lettering.Write(canvas, HeadOf(way), 14, 14, Title, PictureColours.Ink, bold: true);
        Lettering.Write(
            canvas,
            FormattableString.Invariant($"{validation.TableIdentity.DeviceName}, {validation.TableIdentity.Provider}, ")
                + FormattableString.Invariant($"{validation.Space.Height}x{validation.Space.Width}"),
            14,
            34,
            Text,
            PictureColours.Grey
        );
        float x = Left;
        foreach (NetworkUse use in Enum.GetValues<NetworkUse>())
        {
            int count = validation.Measured(use).Count();
            if (count == 0)
                continue;
            string name = FormattableString.Invariant($"{(use == NetworkUse.Reporting ? "reporting" : "fitting")} ({count})");
            Mark(canvas, new SKPoint(x + Dot, 57), use);
            Lettering.Write(canvas, name, x + 14, 52.5f, Text, PictureColours.Ink);
            x += 34 + Lettering.Width(name, Text);
        }
        canvas.Fill(new SKRect(x, 53, x + 22, 61), PictureColours.Pale, radius: 1);
        Lettering.Write(canvas, "+-5 %", x + 30, 52.5f, Text, PictureColours.Ink);
    }

    /// <summary>What is within +-5 %, and where the estimate is right.</summary>
    private static void InBand(SKCanvas canvas, ChartPanel panel, Func<double, double, double> estimate)
    {
        SKPoint At(double measured, double factor) => panel.At(measured, estimate(measured, factor));
        canvas.Save();
        canvas.ClipRect(panel.Place);
        using var path = new SKPath();
        (double low, double high) = (panel.Across.Low, panel.Across.High);
        path.AddPoly([At(low, 1 - Band), At(high, 1 - Band), At(high, 1 + Band), At(low, 1 + Band)]);
        using (var paint = new SKPaint { Color = PictureColours.Pale, IsAntialias = true })
            canvas.DrawPath(path, paint);
        SKPoint from = At(low, 1),
            to = At(high, 1);
        canvas.Line(from.X, from.Y, to.X, to.Y, PictureColours.Grey, 1);
        canvas.Restore();
    }

    /// <summary>A full dot for reporting, a ring for fitting.</summary>
    private static void Mark(SKCanvas canvas, SKPoint at, NetworkUse use)
    {
        using var paint = new SKPaint
        {
            Color = (use == NetworkUse.Reporting ? Reporting : Fitting).WithAlpha(0xD0),
            IsAntialias = true,
            Style = use == NetworkUse.Reporting ? SKPaintStyle.Fill : SKPaintStyle.Stroke,
            StrokeWidth = 1.2f,
        };
        canvas.DrawCircle(at, Dot, paint);
    }
}
