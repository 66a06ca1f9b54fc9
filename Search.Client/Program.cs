using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Native;
using FasterSeg.Search.Native.Kernels;
using Spectre.Console;

if (args is [ProcessProbe.Argument, _, _])
    return KernelCheck.Run(args, Console.Out);

IAnsiConsole console = AnsiConsole.Console;

// A pipe or a file has no width: leave room for whole lines.
if (!console.Profile.Out.IsTerminal)
    console.Profile.Width = 160;

using var interruption = new Interruption();
return await CommandLine.RunAsync(args, console, Console.Error, interruption.Token);
