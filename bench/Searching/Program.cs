using System.CommandLine;
using FasterSeg.Bench.Searching;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;

var config = new Option<string>("--config")
{
    Required = true,
    HelpName = "FILE",
    Description = "The configuration of a search.",
};
var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "Overrides a value." };
var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 5, Description = "Steps to measure." };
var data = new Option<string>("--data")
{
    DefaultValueFactory = _ => "synthetic",
    HelpName = "KIND:DIR",
    Description = "The images.",
};

var only = new Option<string>("--only")
{
    DefaultValueFactory = _ => "",
    HelpName = "TEXT",
    Description = "Only the parts whose names begin so, such as weights.",
};
var last = new Option<bool>("--channels-last") { Description = "Images in the layout that single networks get." };
var step = new Command("step", "Times each part of a search step, and its memory.") { config, set, steps, only, last };
step.SetAction(parsed => StepBench.Run(Configuration(parsed), parsed.GetValue(steps), parsed.GetValue(only) ?? "", parsed.GetValue(last)));
var flat = new Command("flat", "Runs a search's phases for so many steps each and watches live tensors and memory.")
{
    config,
    set,
    steps,
    data,
};
flat.SetAction(parsed => FlatBench.Run(Configuration(parsed), parsed.GetRequiredValue(data), parsed.GetValue(steps)));
var input = new Command("input", "How fast batches are made, and how long a search waits for them.") { config, set, steps, data };
input.SetAction(parsed => InputBench.Run(Configuration(parsed), parsed.GetRequiredValue(data), parsed.GetValue(steps)));

var table = new Option<string?>("--lut")
{
    HelpName = "FILE",
    Description = "A table of the configuration's space; without one its numbers are made up.",
};
var latency = new Command("latency", "The latency regularizer against a cell-by-cell walk over a dictionary.")
{
    config,
    set,
    steps,
    table,
};
latency.SetAction(parsed => LatencyBench.Run(Configuration(parsed), parsed.GetValue(table), parsed.GetValue(steps)));

var busy = new Option<int>("--busy") { DefaultValueFactory = _ => 1, Description = "Busy loops beside the steps." };
var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 3, Description = "How often each way runs." };
var several = new Option<int>("--threads") { DefaultValueFactory = _ => 2, Description = "Threads where there are several." };
var threads = new Command("threads", "Steps beside busy loops, with threads that spin and threads that sleep while they wait.")
{
    config,
    set,
    steps,
    busy,
    turns,
    several,
};
threads.SetAction(parsed =>
    ThreadsBench.Run(
        [
            "--config",
            parsed.GetRequiredValue(config),
            "--steps",
            parsed.GetValue(steps).ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. (parsed.GetValue(set) ?? []).SelectMany(value => new[] { "--set", value }),
        ],
        parsed.GetValue(several),
        parsed.GetValue(busy),
        parsed.GetValue(turns)
    )
);

var devices = new Option<string>("--device")
{
    DefaultValueFactory = _ => "cpu,cpu",
    Description = "Where the replicas compute, with commas.",
};
var replicas = new Command("replicas", "A training step with one replica and with several, in turns.")
{
    config,
    set,
    steps,
    data,
    turns,
    devices,
};
replicas.SetAction(parsed =>
    ReplicasBench.Run(
        Configuration(parsed),
        parsed.GetRequiredValue(data),
        parsed.GetRequiredValue(devices),
        parsed.GetValue(steps),
        parsed.GetValue(turns)
    )
);

try
{
    return new RootCommand("What a search costs on this machine.") { step, flat, input, latency, threads, replicas }
        .Parse(args)
        .Invoke(new() { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}

FasterSegOptions Configuration(ParseResult parsed) => ConfigurationLoader.Load(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? []);
