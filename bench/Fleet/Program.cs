using System.CommandLine;
using FasterSeg.Bench.Fleet;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Latency.Spaces;

var tables = new Option<int>("--tables") { DefaultValueFactory = _ => 500, Description = "Tables of four cards." };
var cards = new Option<int>("--cards") { DefaultValueFactory = _ => 2000, Description = "Cards of each sort that ask to be merged." };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seeds every draw." };
var merging = new Command("merging", "Simulates cards that are compared with a reference, and the tables that they measure together.")
{
    tables,
    cards,
    seed,
};
merging.SetAction(parsed =>
{
    MergedTables.Run(parsed.GetValue(tables), parsed.GetValue(seed));
    JoiningCards.Run(parsed.GetValue(cards), parsed.GetValue(seed));
});
var plan = new Command("plan", "Prints the 24 operators by which cards are compared in the paper's space at 256x512.");
plan.SetAction(_ =>
{
    foreach (OperatorSpec spec in CalibrationPlan.Of(SearchSpace.Paper(256, 512), CalibrationPlan.Most))
        Console.WriteLine(spec);
});
return new RootCommand("What a fleet's rules come to, simulated.") { merging, plan }
    .Parse(args)
    .Invoke();
