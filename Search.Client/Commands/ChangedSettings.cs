using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What <c>--set</c> changes of a run that is there already. Some of it the run is made of, so that its networks and checkpoints
/// would be others' afterwards; of the rest the user hears.</summary>
internal static class ChangedSettings
{
    private const string Space = "space:",
        Seed = "seed",
        Method = "searching:method",
        Fit = "data:fit",
        Synthetic = "data:synthetic",
        Start = "training:start";

    // Sections that a training reads nothing of.
    private static readonly string[] OfSearch = ["pretrain:", "searching:", "oneShot:", "halving:"];

    /// <summary>Passes a search or a training that goes on, and tells what is other than it was.</summary>
    /// <param name="run">The run.</param>
    /// <param name="began">Settings of the part that goes on.</param>
    /// <param name="asked">The same with what the command line says.</param>
    /// <param name="console">Told of other changes.</param>
    /// <exception cref="UsageException">A setting would change that cannot.</exception>
    public static void Require(RunFolder run, FasterSegOptions began, FasterSegOptions asked, IAnsiConsole console) =>
        Pass(run, began, asked, IsFixed, _ => true, console);

    /// <summary>Passes a training that goes on, as <see cref="Require"/> does.</summary>
    /// <param name="run">The run.</param>
    /// <param name="began">Settings of the training.</param>
    /// <param name="asked">The same with what the command line says.</param>
    /// <param name="console">Told of other changes that the training takes up.</param>
    /// <exception cref="UsageException">A setting would change that cannot.</exception>
    public static void RequireTraining(RunFolder run, FasterSegOptions began, FasterSegOptions asked, IAnsiConsole console) =>
        Pass(run, began, asked, key => IsFixed(key) || key == Start, key => !IsOfSearch(key), console);

    /// <summary>Says which settings of the command line are of the search: a training does the same with them and without.</summary>
    /// <param name="own">The run's settings.</param>
    /// <param name="asked">The same with what the command line says.</param>
    /// <param name="console">Told of them.</param>
    public static void TellUnread(FasterSegOptions own, FasterSegOptions asked, IAnsiConsole console)
    {
        string[] keys = [.. ConfigurationDifference.Between(own, asked).Select(one => one.Key).Where(IsOfSearch)];
        if (keys.Length > 0)
            ConsoleText.Write(console, $"A training reads nothing of a search's settings: {string.Join(", ", keys)} will change nothing.");
    }

    /// <summary>Passes a search that goes on where it finds what it has found, or where no network would be left without its
    /// training.</summary>
    /// <param name="run">The run.</param>
    /// <param name="began">The run's settings.</param>
    /// <param name="asked">The same with what the command line says.</param>
    /// <exception cref="UsageException">Its networks are trained, and the search would go on with other settings.</exception>
    public static void RequireUntrained(RunFolder run, FasterSegOptions began, FasterSegOptions asked)
    {
        string changes = string.Join(", ", ConfigurationDifference.Between(began, asked).Select(one => one.Key));
        string? trained = new[] { Role.Student, Role.Teacher }
            .Select(role => run.TrainingCheckpoint(role).Path)
            .FirstOrDefault(File.Exists);
        if (changes.Length > 0 && trained is not null)
            throw new UsageException(
                $"Networks of {run.Path} are trained already ({trained}), and a search with other settings may find others ({changes}): "
                    + "leave --set out, or search in another folder."
            );
    }

    /// <summary>Passes a training that begins: its network is of the run's space.</summary>
    /// <param name="run">The run.</param>
    /// <param name="own">The run's settings.</param>
    /// <param name="asked">The same with what the command line says.</param>
    /// <exception cref="UsageException">The space is another one.</exception>
    public static void RequireSpace(RunFolder run, FasterSegOptions own, FasterSegOptions asked) =>
        Refuse(run, [.. ConfigurationDifference.Between(own, asked).Where(one => one.Key.StartsWith(Space, StringComparison.Ordinal))]);

    private static void Pass(
        RunFolder run,
        FasterSegOptions began,
        FasterSegOptions asked,
        Func<string, bool> isFixed,
        Func<string, bool> counts,
        IAnsiConsole console
    )
    {
        (string Key, string First, string Second)[] changes = [.. ConfigurationDifference.Between(began, asked)];
        Refuse(run, [.. changes.Where(change => isFixed(change.Key))]);
        string told = string.Join(
            ", ",
            changes.Where(change => counts(change.Key)).Select(one => $"{one.Key} {one.Second}, not {one.First}")
        );
        if (told.Length > 0)
            ConsoleText.Write(console, $"It goes on with other settings than before: {told}.");
    }

    private static bool IsOfSearch(string key) => OfSearch.Any(section => key.StartsWith(section, StringComparison.Ordinal));

    private static bool IsFixed(string key) =>
        key is Seed or Method or Fit
        || key.StartsWith(Space, StringComparison.Ordinal)
        || key.StartsWith(Synthetic, StringComparison.Ordinal);

    private static void Refuse(RunFolder run, IReadOnlyList<(string Key, string First, string Second)> changes)
    {
        if (changes.Count == 0)
            return;
        string keys = string.Join(", ", changes.Select(one => $"{one.Key} is {one.First} and cannot become {one.Second}")),
            sets = string.Join(", ", changes.Select(one => $"--set {one.Key}"));
        throw new UsageException(
            $"In {run.Path} {keys}: its networks and checkpoints are of that. Leave {sets} out, or begin a new run in another folder."
        );
    }
}
