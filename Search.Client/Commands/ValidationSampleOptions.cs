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
        new("--fitting") { HelpName = "M", Description = "Further networks, kept apart, that a correction of the sums may learn from." };

    public Option<int> Seed { get; } = new("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed draws other networks." };

    public Option<int> Passes { get; } =
        new("--passes")
        {
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            Description =
                "Measure every network so often, in another order each time. Estimates are judged by the median over all "
                + "passes; how well the median over every other pass predicts the one over the rest is said beside them.",
        };

    public ValidationSample Of(ParseResult parsed) =>
        new(parsed.GetValue(Networks), parsed.GetValue(Fitting), parsed.GetValue(Seed), parsed.GetValue(Passes));
}
