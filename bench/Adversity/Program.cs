using FasterSeg.Bench.Adversity;
using FasterSeg.Bench.Adversity.Hardship;
using FasterSeg.Bench.Adversity.History;
using FasterSeg.Bench.Adversity.Load;
using FasterSeg.Bench.Adversity.Readers;
using FasterSeg.Bench.Adversity.Refreshes;
using FasterSeg.Bench.Adversity.ShuttingOut;
using FasterSeg.Bench.Adversity.Soak;
using FasterSeg.Latency;

const string Usage = """
    fasterseg-adversity soak    [--minutes 60] [--clients 4] [--seed 1] --out DIR
    fasterseg-adversity readers [--clients 200] [--calls 150] [--height 128] [--width 256] [--service-core 0] --out DIR
    fasterseg-adversity load    [--height 64] [--width 64] [--service FOLDER] --out DIR
    fasterseg-adversity stalls  [--build-seconds 3] --out DIR
    fasterseg-adversity hardship [--seeds 3] [--first 1] --out DIR
    fasterseg-adversity refreshes [--minutes 60] [--clients 4] --out DIR
    fasterseg-adversity history [--jobs 10000] [--gib 2] [--starts 5] --out DIR
    fasterseg-adversity shutout [--seconds 30] [--service-core N] [--flood watches|calls|connections] --out DIR

    soak     builds, cancels, refreshes, measures, uploads, reads and hangs up at random, and watches the profiler's memory and handles
    readers  builds a table in quiet and one under that many clients, who make that many calls a second together, and compares them
    load     builds tables beside 0, 1 and 3 programs that copy memory, and counts the entries that are off and not flagged
    stalls   stops the worker, then the service, for twice their limit, and kills the worker twice a second: is the table whole?
    hardship builds tables while worker and service are stopped and killed, others compute and the disk is full, all at random
    refreshes  refreshes one operator of a table of some 600 again and again, and watches the store, the memory and the next start
    history  makes a store of so many jobs and gibibytes and starts profilers on it
    shutout  floods it without a key, sends it bombs, and has one key take all that it can get: what is left for another?
    """;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};
try
{
    return args switch
    {
        ["soak", .. var rest] => await SoakCommand.RunAsync(Arguments.Parse(rest, "minutes", "clients", "seed", "out"), interrupted.Token),
        ["readers", .. var rest] => await ReadersCommand.RunAsync(
            Arguments.Parse(rest, "clients", "calls", "height", "width", "service-core", "out"),
            interrupted.Token
        ),
        ["load", .. var rest] => await LoadCommand.RunAsync(Arguments.Parse(rest, "height", "width", "service", "out"), interrupted.Token),
        ["stalls", .. var rest] => await StallsCommand.RunAsync(Arguments.Parse(rest, "build-seconds", "out"), interrupted.Token),
        ["hardship", .. var rest] => await HardshipCommand.RunAsync(Arguments.Parse(rest, "seeds", "first", "out"), interrupted.Token),
        ["copy"] => await CopyCommand.RunAsync(),
        ["refreshes", .. var rest] => await RefreshesCommand.RunAsync(
            Arguments.Parse(rest, "minutes", "clients", "out"),
            interrupted.Token
        ),
        ["history", .. var rest] => await HistoryCommand.RunAsync(Arguments.Parse(rest, "jobs", "gib", "starts", "out"), interrupted.Token),
        ["shutout", .. var rest] => await ShutOutCommand.RunAsync(
            Arguments.Parse(rest, "seconds", "service-core", "flood", "out"),
            interrupted.Token
        ),
        // What shutout starts beside itself.
        ["flood", .. var rest] => await KeylessFlood.RunAsync(Arguments.Parse(rest, "address", "hash", "only")),
        _ => throw new UsageException($"Say what to do:\n{Usage}"),
    };
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault is UsageException ? 2 : 1;
}
