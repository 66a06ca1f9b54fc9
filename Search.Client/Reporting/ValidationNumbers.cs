using System.Globalization;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>How figures of a validation are spelled.</summary>
internal static class ValidationNumbers
{
    /// <summary>A coefficient from -1 to 1, with four digits.</summary>
    public static string Correlation(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A share of 1 in percent, with two digits and the unit.</summary>
    public static string Percent(double share, bool signed = true) => Hundredths(share, signed) + " %";

    /// <summary>The same without the unit.</summary>
    public static string Hundredths(double share, bool signed = true) =>
        (100 * share).ToString(signed ? "+0.00;-0.00;0.00" : "F2", CultureInfo.InvariantCulture);

    /// <summary>A share of 1 in percent, with one digit and without the unit.</summary>
    public static string Share(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}
