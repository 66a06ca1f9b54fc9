using System.CommandLine;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The options that say a <see cref="ValidationMeasuring"/>.</summary>
internal sealed class ValidationMeasuringOptions
{
    public ValidationMeasuringOptions()
    {
        Config.Description =
            "A configuration whose section 'measuring' says how to measure. Default: "
            + "the table's provider, precision, threads and batch.";
        Set.Description = "A value of the section 'measuring', e.g. measuring:maximumSeconds=1. May be given several times.";
    }

    public Option<string?> Config { get; } = CommonOptions.Config(required: false);

    public Option<string[]> Set { get; } = CommonOptions.Set();

    public ValidationMeasuring Of(ParseResult parsed) => new(parsed.GetValue(Config), parsed.GetValue(Set) ?? []);
}
