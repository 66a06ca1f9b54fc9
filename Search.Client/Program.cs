using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Native;
using FasterSeg.Search.Native.Kernels;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

if (args is [ProcessProbe.Argument, _, _])
    return KernelCheck.Run(args, Console.Out);

IAnsiConsole console = AnsiConsole.Console;

// A pipe or a file has no width: leave room for whole lines.
if (!console.Profile.Out.IsTerminal)
    console.Profile.Width = 160;

using var interruption = new Interruption();
if (args is [FinalistProcess.Argument or StageProcess.Argument, ..])
    FenceWatch.Begin(Console.Error);
if (args is [FinalistProcess.Argument, _, _, _])
    return await FinalistHost.RunAsync(args, Console.Out, Console.Error, Console.OpenStandardInput(), interruption.Token);
if (args is [StageProcess.Argument, _, ..])
    return await StageHost.RunAsync(args, console, Console.Error, Console.OpenStandardInput(), interruption.Token);
return await CommandLine.RunAsync(args, console, Console.Error, interruption.Token);
