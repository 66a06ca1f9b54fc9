using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Export;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg predict</c>: segments pictures with an exported network.</summary>
public static class PredictCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var onnx = new Option<string>("--onnx")
        {
            HelpName = "FILE",
            Required = true,
            Description = "A network that 'fasterseg export' wrote.",
        };
        var image = new Option<string?>("--image")
        {
            HelpName = "PATH",
            Description = "A picture (PNG, JPEG, WebP or BMP, of any size), or a folder of them, such as a video's frames.",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "PATH",
            Required = true,
            Description = "Where to write pictures in the classes' colours: a .png, .jpg, .webp or .bmp file for one, a folder for many.",
        };
        var data = new Option<string?>("--data")
        {
            HelpName = "KIND:DIR",
            Description = "The data set whose colours and names to use. Default: those that the network's file names.",
        };
        var split = new Option<string?>("--split") { Description = "Segment these images of the data set: train, val or test." };
        var labels = new Option<bool>("--labels")
        {
            Description =
                "Write grey PNGs with the data set's label values instead of coloured pictures. For Cityscapes: label ids, in "
                + "the layout of a submission.",
        };
        var colours = new Option<bool>("--colours", "--colors")
        {
            Description = "Write the classes' colours alone, without picture and legend, at the picture's size.",
        };
        var size = new Option<string?>("--size")
        {
            HelpName = "HxW|own",
            Description =
                "Of a file that leaves its size open: bring pictures to this size, or leave each at its own. Default: the size that the "
                + "file was exported at.",
        };
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("predict", "Segments a picture, a folder of pictures or a data set's split with an exported network.")
        {
            onnx,
            image,
            output,
            overwrite,
            data,
            split,
            labels,
            colours,
            size,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new PredictArguments(
                        parsed.GetRequiredValue(onnx),
                        parsed.GetValue(image),
                        parsed.GetRequiredValue(output),
                        parsed.GetValue(data),
                        parsed.GetValue(split),
                        parsed.GetValue(labels),
                        parsed.GetValue(colours),
                        parsed.GetValue(size),
                        parsed.GetValue(overwrite)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Predicts and writes.</summary>
    /// <exception cref="UsageException">Neither or both of picture and split are named.</exception>
    /// <exception cref="UserErrorException">A file cannot be used or written.</exception>
    public static async Task<int> RunAsync(PredictArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        SegmentationDataset? data = options.Data is { } location ? DatasetLocator.Open(location, new DataOptions()) : null;
        if (options.Image is null == options.Split is null)
            throw new UsageException("Name what to segment: either --image, or --data and --split.");
        if (options.Labels && options.Colours)
            throw new UsageException("--labels and --colours are two kinds of picture: name one of them.");
        (int Height, int Width)? size = options.Size is null or EvaluationMode.OwnSize
            ? null
            : EvaluationMode.Sides(options.Size, "--size", " or own");
        bool isSingle = options.Image is { } path && !Directory.Exists(path);
        if (options.Split is not null && data is null)
            throw new UsageException("--split names images of a data set: say which one with --data.");
        // Where everything goes is known and allowed before anything is computed.
        IReadOnlyList<string> inputs = [options.Onnx, .. isSingle ? [options.Image!] : Array.Empty<string>(), .. data?.Files ?? []];
        ISampleSource? samples =
            isSingle ? null
            : options.Split is { } split ? data!.Split(split)
            : new ImageSamples(ImageFolder.Files(options.Image!));
        PredictionPlaces? places = samples is null
            ? null
            : PredictionPlaces.Of(samples, options.Out, options.Split is null ? SegmentationDataset.PngOf : data!.PredictionPath);
        if (places is null)
        {
            OutputFile.Require(options.Out, "--out", options.Overwrite, inputs);
            PictureFormat.Require(options.Out, "--out", exact: options.Labels);
        }
        else
        {
            OutputFile.RequireAll(places.Files, "--out", options.Overwrite, [.. inputs, .. samples!.Files]);
            OutputFile.Check(Path.Combine(options.Out, "x"));
        }
        // A picture that cannot be read is told before anything else is opened.
        RgbImage? single = isSingle ? ImageFile.Read(options.Image!) : null;
        using var network = OnnxNetwork.Load(options.Onnx);
        if (options.Size is not null)
            network.ChooseSize(size);
        if (data is not null)
            KnownClasses.Require(network.ClassList, network.Classes, options.Onnx, data, options.Data!);
        ClassList? classes = data is null ? network.ClassList : ClassList.Of(data);
        if (classes is null)
            console.WriteLine(
                $"{options.Onnx} does not name its classes, so "
                    + (options.Labels ? "label values are the classes' indices" : "colours are general ones")
                    + ": name the data set that it was trained on with --data, or export it again from a run that knows it."
            );
        var writer = new PredictionWriter(
            classes?.Classes ?? ClassPalette.Of(network.Classes),
            classes?.Encoding ?? LabelEncoding.Indices(network.Classes),
            options.Labels ? PredictionView.Labels
                : options.Colours ? PredictionView.Colours
                : PredictionView.Overlay
        );

        if (single is { } image)
        {
            LabelMap answer = network.Predict(image);
            cancellationToken.ThrowIfCancellationRequested();
            writer.Write(options.Out, image, answer);
            console.WriteLine($"{options.Out}: {image.Height}x{image.Width}, {writer.Shares(answer)}.");
            return ExitCodes.Done;
        }
        var batch = new PredictionBatch(samples!, places!, options.Out);
        await ProgressDisplay.RunAsync(console, progress =>
            Task.Run(
                () => batch.Run((image, file) => writer.Write(file, image, network.Predict(image)), progress, cancellationToken),
                CancellationToken.None
            )
        );
        if (options.Split is null && ImageFolder.Others(options.Image!) is { } leftOut)
            console.WriteLine(leftOut);
        batch.Tell(console);
        return ExitCodes.Done;
    }
}
