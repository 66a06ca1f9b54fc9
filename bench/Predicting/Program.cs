using System.CommandLine;
using FasterSeg.Bench.Predicting;
using FasterSeg.Latency;

var lut = new Option<string>("--lut")
{
    Required = true,
    HelpName = "FILE",
    Description = "A whole table: what is held out of it is known.",
};
var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 5, Description = "Draws of the known keys." };
var heldOut = new Command(
    "held-out",
    "Predicts keys of a table from a share of the others, and says how far off that is, beside simpler ways."
)
{
    lut,
    seeds,
};
heldOut.SetAction(parsed => HeldOut.Run(parsed.GetRequiredValue(lut), parsed.GetValue(seeds)));
var from = new Option<string>("--from")
{
    Required = true,
    HelpName = "FILE",
    Description = "The table of the device that is known.",
};
var to = new Option<string>("--to")
{
    Required = true,
    HelpName = "FILE",
    Description = "A whole table of the new device: what is held out of it is known.",
};
var between = new Command(
    "between",
    "Predicts a new device's table from another one's and a few measurements, and says how far off that is, beside simpler ways."
)
{
    from,
    to,
    seeds,
};
between.SetAction(parsed => BetweenTables.Run(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetValue(seeds)));

try
{
    return new RootCommand("How well latencies are predicted that were not measured.") { heldOut, between }
        .Parse(args)
        .Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
