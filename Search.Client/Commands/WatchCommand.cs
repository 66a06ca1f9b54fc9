using System.CommandLine;
using System.Net;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Pages;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Microsoft.AspNetCore.Builder;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg watch</c>: runs in a browser, as they stand.</summary>
public static class WatchCommand
{
    private const string DefaultListen = "127.0.0.1:5180";

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var run = new Argument<string?>("RUN") { Arity = ArgumentArity.ZeroOrOne, Description = "The run's folder." };
        var runs = new Option<string?>("--runs") { HelpName = "DIR", Description = "Watch all runs in this folder instead." };
        var listen = new Option<string>("--listen")
        {
            HelpName = "ADDRESS:PORT",
            Description = "Where the pages are.",
            DefaultValueFactory = _ => DefaultListen,
        };
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Listen on an address that other machines reach. The pages are not encrypted and ask nobody who he is.",
        };
        var command = new Command(
            "watch",
            "Shows runs in a browser while they are searched and trained: progress, curves, networks, pictures."
        )
        {
            run,
            runs,
            listen,
            insecure,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new WatchArguments(
                        parsed.GetValue(run),
                        parsed.GetValue(runs),
                        ParseListen(parsed.GetRequiredValue(listen)),
                        parsed.GetValue(insecure)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Serves the pages until somebody interrupts.</summary>
    public static async Task<int> RunAsync(WatchArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (options.Run is null == options.Runs is null)
            throw new UsageException("Name the run to watch, or a folder of runs with --runs.");
        if (!IPAddress.IsLoopback(options.Listen.Address) && !options.Insecure)
            throw new UsageException(
                $"--listen {options.Listen} can be reached from other machines, and the pages ask nobody who he is: listen on 127.0.0.1 "
                    + "and come through a tunnel ('ssh -L 5180:127.0.0.1:5180 HOST'), or add --insecure where the network is trusted."
            );
        if (options.Run is not null)
            RunFolder.Open(options.Run);
        else if (SweepFolder.Exists(options.Runs!))
        {
            // A sweep's runs, also before the first is begun.
            options = options with { Runs = SweepFolder.Open(options.Runs!).Runs };
            Directory.CreateDirectory(options.Runs!);
        }
        else if (!Directory.Exists(options.Runs))
            throw new UsageException($"There is no folder {options.Runs}: name the one in which runs lie with --runs.");
        var pages = new WatchServer(options.Run, options.Runs ?? "", TimeProvider.System);
        await using WebApplication server = await PageHost.StartAsync(options.Listen, pages.Map, cancellationToken);
        string watched = options.Run is not null ? "the run" : "the runs in";
        console.Profile.Out.Writer.WriteLine(
            $"Look at {watched} '{Path.GetFullPath(options.Run ?? options.Runs!)}' in a browser, at {server.Urls.First()}/\n"
                + "Ctrl-C ends this; the run goes on."
        );
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
        await server.StopAsync(CancellationToken.None);
        return ExitCodes.Done;
    }

    private static IPEndPoint ParseListen(string text) =>
        ListenAddress.Parse(text)
        ?? throw new UsageException($"--listen is '{text}', not an address and port: write one like {DefaultListen} or [::1]:5180.");
}
