using System.CommandLine;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The options that say a <see cref="ValidationSample"/>.</summary>
internal sealed class ValidationSampleOptions
{
    public Option<int> Networks { get; } =
        new("--networks")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 100,
            Description = "Random networks that the figures come from, at least 4.",
        };

    public Option<int> Fitting { get; } =
        new("--fitting") { HelpName = "M", Description = "Further networks that a correction learns from. Their figures are kept apart." };

    public Option<int> Seed { get; } = new("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed draws other networks." };

    public Option<int> Passes { get; } =
        new("--passes")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            Description =
                "How often to measure each network, each time in another order. Estimates are judged by the median over all "
                + "passes. From 2 on the output says how well the passes agree.",
        };

    public ValidationSample Of(ParseResult parsed) =>
        new(parsed.GetValue(Networks), parsed.GetValue(Fitting), parsed.GetValue(Seed), parsed.GetValue(Passes));
}
