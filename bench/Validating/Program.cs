using System.CommandLine;
using FasterSeg.Bench.Validating;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;

var lut = new Option<string>("--lut")
{
    Required = true,
    HelpName = "FILE",
    Description = "The table.",
};
var validation = new Option<string>("--validation")
{
    Required = true,
    HelpName = "FILE",
    Description = "Its finished validation, with networks for fitting.",
};
var ways = new Command("ways", "Fits several corrections on a validation's fitting networks and judges each on the reporting ones.")
{
    lut,
    validation,
};
ways.SetAction(parsed => Ways.Run(parsed.GetRequiredValue(lut), parsed.GetRequiredValue(validation)));

var few = new Option<int>("--networks") { DefaultValueFactory = _ => 12, Description = "Networks to fit on." };
var passes = new Option<int>("--passes") { DefaultValueFactory = _ => 1, Description = "Measurements of each that the fit has." };
var draws = new Option<int>("--draws") { DefaultValueFactory = _ => 200, Description = "How often they are drawn." };
var fewNetworks = new Command(
    "few",
    "Fits corrections on a few of a validation's networks, again and again, and judges each on the others."
)
{
    lut,
    validation,
    few,
    draws,
    passes,
};
fewNetworks.SetAction(parsed =>
    FewNetworks.Run(
        parsed.GetRequiredValue(lut),
        parsed.GetRequiredValue(validation),
        parsed.GetValue(few),
        parsed.GetValue(draws),
        parsed.GetValue(passes)
    )
);

var config = new Option<string?>("--config") { HelpName = "FILE", Description = "The configuration whose space the networks are of." };
var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "Overrides of it." };
var networks = new Option<int>("--networks") { DefaultValueFactory = _ => 8, Description = "Networks to take apart." };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "How often each is measured." };
var shares = new Command(
    "shares",
    "Takes networks and their operators alone apart, on this machine: what of the difference has which cause."
)
{
    config,
    set,
    networks,
    rounds,
};
shares.SetAction(parsed =>
    Shares.Run(
        ConfigurationLoader.Load(parsed.GetValue(config), parsed.GetValue(set) ?? []).Space.ToSpace(),
        parsed.GetValue(networks),
        parsed.GetValue(rounds)
    )
);

try
{
    return new RootCommand("How well sums of operators predict networks, in several ways.") { ways, fewNetworks, shares }
        .Parse(args)
        .Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
