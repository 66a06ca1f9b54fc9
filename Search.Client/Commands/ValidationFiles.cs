using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What a validation writes.</summary>
/// <param name="Out">The validation's file; null is beside the table.</param>
/// <param name="Plot">A picture; null writes none.</param>
/// <param name="Corrected">Where the table goes with the correction that the fitting networks give; null writes none.</param>
/// <param name="Overwrite">Plot and corrected table may be replaced; a validation that is there is gone on with.</param>
internal sealed record ValidationFiles(string? Out, string? Plot, string? Corrected, bool Overwrite)
{
    /// <summary>The validation's file.</summary>
    /// <param name="table">The table's file.</param>
    public string Validation(string table) => Out ?? TableValidationFile.Beside(table);

    /// <summary>Makes sure that all of it can be written and nothing of the user's is lost.</summary>
    /// <param name="table">The table's file.</param>
    /// <param name="config">The configuration's file, where there is one.</param>
    /// <exception cref="UserErrorException">A file is there already, or is one that the command reads.</exception>
    public void Require(string table, string? config)
    {
        OutputFile.RequireDistinct(("--out", Validation(table)), ("--plot", Plot), ("--corrected", Corrected));
        // A validation that is there is gone on with, and nothing else is taken for one.
        OutputFile.Require(Validation(table), "--out", overwrite: true, table, config);
        if (Plot is not null)
        {
            OutputFile.Require(Plot, "--plot", Overwrite, table, config);
            PictureFormat.Require(Plot, "--plot");
        }
        if (Corrected is not null)
            OutputFile.Require(Corrected, "--corrected", Overwrite, table, config);
    }

    /// <summary>Writes picture and corrected table, as far as they were asked for.</summary>
    /// <param name="validation">A finished validation.</param>
    /// <param name="table">The table that it is of.</param>
    /// <param name="corrected">The corrected table; null where too few networks were fitted on.</param>
    /// <param name="console">Told what was written.</param>
    /// <exception cref="UserErrorException">There is no corrected table that is better than the table, or a file cannot be
    /// written.</exception>
    public void WriteBesides(TableValidation validation, LatencyTable table, LatencyTable? corrected, IAnsiConsole console)
    {
        if (Plot is not null)
        {
            ImageFile.Write(Plot, ValidationPicture.Draw(validation, EstimateResult.WayOf(table)));
            console.WriteLine($"Plot written to {Plot}.");
        }
        if (Corrected is null)
            return;
        if (corrected?.Correction is not { } correction)
            throw new UserErrorException(
                $"No correction was written to {Corrected}: the table lacks parts of the fitting networks, and "
                    + $"fewer than {CorrectionFit.FewestNetworks} are left. Name more with --fitting."
            );
        double present = ValidationResults.TableDeviation(validation, table);
        if (correction.Deviation >= present)
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No correction was written to {Corrected}: on networks that took no part in its fit it is off by "
                        + $"{100 * correction.Deviation:F2} %, and the table as it is by {100 * present:F2} %. Use the table as it is, or "
                        + $"name more networks than {correction.Networks} with --fitting."
                )
            );
        LatencyTableJson.Save(corrected, Corrected);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Corrected table written to {Corrected}: of the {correction.Networks} networks to fit on, each by a fit of the others, it "
                    + $"is off by {100 * correction.Deviation:F2} %, and the table as it is by {100 * present:F2} % (root mean squares)."
            )
        );
    }
}
