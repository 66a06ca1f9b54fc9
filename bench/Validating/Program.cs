using System.CommandLine;
using FasterSeg.Bench.Validating;
using FasterSeg.Latency;

var lut = new Option<string>("--lut")
{
    Required = true,
    HelpName = "FILE",
    Description = "The table, uncorrected.",
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

try
{
    return new RootCommand("How well sums of operators predict networks, in several ways.") { ways }
        .Parse(args)
        .Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
