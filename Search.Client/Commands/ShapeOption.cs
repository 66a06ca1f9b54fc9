using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>--shape NAME=SIDES</c>: the sides of a network's input that its file leaves open.</summary>
public static class ShapeOption
{
    private const string Scalar = "scalar";

    /// <summary>The option, any number of times.</summary>
    public static Option<string[]> Create() =>
        new("--shape")
        {
            HelpName = "NAME=SIDES",
            Description = "The sides of an input that has dynamic sides, e.g. input=1x3x512x1024. May be given once for each input.",
            DefaultValueFactory = _ => [],
        };

    /// <summary>Reads what was given.</summary>
    /// <exception cref="UsageException">One is no shape, or an input has two; the message quotes it and shows one.</exception>
    public static IReadOnlyList<InputShape> Parse(IReadOnlyList<string> texts)
    {
        InputShape[] shapes = [.. texts.Select(Parse)];
        return shapes.CountBy(shape => shape.Name).FirstOrDefault(each => each.Value > 1).Key is { } twice
            ? throw new UsageException($"--shape gives the input '{twice}' two shapes: it has one.")
            : shapes;
    }

    private static InputShape Parse(string text)
    {
        // Names may hold such a sign; sides do not.
        int at = text.LastIndexOf('=');
        string sides = text[(at + 1)..];
        if (at > 0 && sides == Scalar)
            return new(text[..at], []);
        var numbers = new List<long>();
        foreach (string side in sides.Split('x', 'X', ','))
        {
            if (at < 1 || !long.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number < 1)
                throw new UsageException(
                    $"'{text}' is no shape of an input: write --shape NAME=SIDES with whole sides above 0, like --shape "
                        + $"input=1x3x512x1024, or --shape NAME={Scalar}."
                );
            numbers.Add(number);
        }
        return new(text[..at], numbers);
    }
}
