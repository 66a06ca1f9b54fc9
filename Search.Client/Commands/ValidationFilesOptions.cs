using System.CommandLine;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The options that say a <see cref="ValidationFiles"/>.</summary>
internal sealed class ValidationFilesOptions
{
    public ValidationFilesOptions()
    {
        Overwrite.Description = "Replace a plot or corrected table that exists already. Files that the command reads are never replaced.";
    }

    public Option<string?> Out { get; } =
        new("--out")
        {
            HelpName = "FILE",
            Description =
                "The validation's file, JSON. It is rewritten after each measurement. If it exists, the command continues it. "
                + "Default: TABLE.validation.json beside the table.",
        };

    public Option<string?> Plot { get; } =
        new("--plot") { HelpName = "FILE", Description = "Also draw the estimates over the measurements, to a .png, .jpg or .webp file." };

    public Option<string?> Corrected { get; } =
        new("--corrected")
        {
            HelpName = "FILE",
            Description = "Also write the table with the correction that the fitting networks give, for searches.",
        };

    public Option<bool> Overwrite { get; } = CommonOptions.Overwrite();

    public ValidationFiles Of(ParseResult parsed) =>
        new(parsed.GetValue(Out), parsed.GetValue(Plot), parsed.GetValue(Corrected), parsed.GetValue(Overwrite));
}
