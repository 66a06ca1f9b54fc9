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
var devices = new Option<int[]>("--devices")
{
    DefaultValueFactory = _ => [1, 8, 64],
    AllowMultipleArgumentsPerToken = true,
    Description = "Devices, a row for each number.",
};
var itemSeconds = new Option<double>("--item-seconds") { DefaultValueFactory = _ => 1, Description = "What an operator takes, s." };
var atATime = new Option<int>("--at-a-time")
{
    DefaultValueFactory = _ => 1,
    Description = "Tables that are built at a time once cards are known.",
};
var scale = new Command("scale", "How much faster many devices make a table; they measure nothing, over real connections.")
{
    devices,
    itemSeconds,
    atATime,
};
scale.SetAction(
    async (parsed, _) =>
    {
        Console.WriteLine(
            "| devices | | items | s | times one device | of the ideal | cards in the table |\n|---|---|---|---|---|---|---|"
        );
        foreach (int count in parsed.GetValue(devices)!)
            await Scale.RunAsync(count, parsed.GetValue(itemSeconds), SearchSpace.Paper(256, 512), parsed.GetValue(atATime));
    }
);
var streamCount = new Option<int>("--devices") { DefaultValueFactory = _ => 10_000, Description = "Devices, each with a stream." };
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 600, Description = "How long they work, s." };
var anHour = new Option<double>("--results-an-hour") { DefaultValueFactory = _ => 1e6, Description = "Of all devices together." };
var aConnection = new Option<int>("--a-connection")
{
    DefaultValueFactory = _ => 1,
    Description = "Streams on one connection; a real device has its own.",
};
var streams = new Command("streams", "Many devices at three nodes on PostgreSQL, one of which is killed.")
{
    streamCount,
    seconds,
    anHour,
    aConnection,
};
streams.SetAction(
    (parsed, _) =>
        new Streams(
            parsed.GetValue(streamCount),
            TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            parsed.GetValue(anHour),
            parsed.GetValue(aConnection)
        ).RunAsync()
);
return await new RootCommand("What a fleet's rules come to, simulated.") { merging, plan, scale, streams }
    .Parse(args)
    .InvokeAsync();
