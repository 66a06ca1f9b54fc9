using System.CommandLine;
using FasterSeg.Operators;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Evaluation;
using FasterSeg.Search.Client.Export;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg predict</c>: segments a picture with an exported network.</summary>
public static class PredictCommand
{
    /// <summary>What the command line says.</summary>
    /// <param name="Onnx">The exported network.</param>
    /// <param name="Image">The picture.</param>
    /// <param name="Out">The PNG with the overlay.</param>
    /// <param name="Data">Whose colours to use; null takes a general palette.</param>
    public sealed record Options(string Onnx, string Image, string Out, string? Data);

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var onnx = new Option<string>("--onnx") { HelpName = "FILE", Required = true, Description = "A network that 'fasterseg export' wrote." };
        var image = new Option<string>("--image") { HelpName = "FILE", Required = true, Description = "The picture, PNG or JPEG, of any size." };
        var output = new Option<string>("--out") { HelpName = "FILE", Required = true, Description = "The PNG: the classes' colours over the picture." };
        var data = new Option<string?>("--data") { HelpName = "KIND:DIR", Description = "Colours and names of this data set's classes; left out: a general palette." };
        var command = new Command("predict", "Segments a picture with an exported network and writes an overlay.") { onnx, image, output, data };
        command.SetAction((parsed, token) => Task.FromResult(Run(new Options(parsed.GetRequiredValue(onnx), parsed.GetRequiredValue(image),
            parsed.GetRequiredValue(output), parsed.GetValue(data)), console, token)));
        return command;
    }

    /// <summary>Predicts and writes the picture.</summary>
    public static int Run(Options options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        OutputFile.Check(options.Out);
        RgbImage image = ImageFile.Read(options.Image);
        using var network = OnnxNetwork.Load(options.Onnx);
        IReadOnlyList<SegmentationClass> classes = options.Data is null
            ? ClassPalette.Of(network.Classes)
            : DatasetLocator.Open(options.Data, new Configuration.DataOptions()).Classes;
        if (classes.Count != network.Classes)
            throw new UserErrorException($"{options.Onnx} has {network.Classes} classes, {options.Data} has {classes.Count}: name the data set that the network was trained on.");
        LabelMap answer = network.Predict(image);
        cancellationToken.ThrowIfCancellationRequested();
        Overlay.Write(options.Out, image, answer, classes);
        console.WriteLine($"{options.Out}: {image.Height}x{image.Width}, " + string.Join(", ", answer.Classes.GroupBy(c => c).OrderByDescending(g => g.Count()).Take(5)
            .Select(g => FormattableString.Invariant($"{classes[g.Key].Name} {100.0 * g.Count() / answer.Classes.Length:F0} %"))) + ".");
        return ExitCodes.Done;
    }
}
