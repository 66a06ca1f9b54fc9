using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Many pictures, one after the other: one that cannot be read stops none of the others, and is told at the end.</summary>
/// <param name="samples">The pictures.</param>
/// <param name="places">Where each one's prediction goes.</param>
/// <param name="folder">The folder of all of them, for messages.</param>
internal sealed class PredictionBatch(ISampleSource samples, PredictionPlaces places, string folder)
{
    private readonly List<string> faults = [];
    private int written;

    /// <summary>Takes every picture.</summary>
    /// <param name="predict">Takes a picture and the file for its prediction.</param>
    /// <param name="progress">Takes the progress.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserErrorException">A prediction cannot be written; as the next ones could hardly be, it ends there.</exception>
    public void Run(Action<RgbImage, string> predict, IProgressReporter progress, CancellationToken cancellation)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Load(i) is { } sample)
            {
                Write(() => predict(sample.Image, places.Files[i]));
                written++;
            }
            progress.Report("predict", i + 1, samples.Count, latest: samples.NameOf(i));
        }
    }

    /// <summary>Prints what was done.</summary>
    /// <exception cref="UserErrorException">Pictures could not be read; what was printed says which.</exception>
    public void Tell(IAnsiConsole console)
    {
        console.WriteLine($"{Pictures(written)} in {folder}.");
        foreach (var (name, file) in places.Renamed.Where(renamed => File.Exists(renamed.File)))
            console.WriteLine($"{name} is in {file}, since another picture has the same name.");
        if (faults.Count == 0)
            return;
        DatasetCheckReport.Write(console, [], faults);
        throw new UserErrorException(
            FormattableString.Invariant(
                $"{faults.Count} of {samples.Count} pictures {(faults.Count == 1 ? "has" : "have")} no prediction, since "
            )
                + FormattableString.Invariant($"{(faults.Count == 1 ? "it" : "they")} cannot be read: ")
                + (faults.Count == 1 ? faults[0] : "they are listed above. Repair or remove them.")
        );
    }

    private Sample? Load(int index)
    {
        try
        {
            return samples.Load(index);
        }
        catch (UserErrorException fault)
        {
            faults.Add(fault.Message);
            return null;
        }
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (UserErrorException fault)
        {
            throw new UserErrorException(
                $"{fault.Message} {Pictures(written)} in {folder}, of {samples.Count}; once that is mended, the "
                    + $"same command with {OutputFile.Overwrite} makes all of them.",
                fault
            );
        }
    }

    private static string Pictures(int count) => count == 1 ? "1 picture is" : FormattableString.Invariant($"{count} pictures are");
}
