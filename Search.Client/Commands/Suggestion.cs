using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Commands of <c>fasterseg</c> that its texts suggest, quoted for a shell.</summary>
internal static class Suggestion
{
    /// <summary>Any command of this program.</summary>
    public static string Of(params IEnumerable<string?> words) => CommandText.Of(["fasterseg", .. words]);

    /// <summary>Trains a role of a run.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="role">Which network.</param>
    /// <param name="data">The images.</param>
    /// <param name="more">Further options.</param>
    public static string Train(RunFolder run, Role role, string data, params IEnumerable<string?> more) =>
        Of(["train", "--run", run.Path, "--role", role.Name(), "--data", data, .. more]);

    /// <summary>Evaluates a trained role of a run.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="role">Which network.</param>
    /// <param name="data">The images.</param>
    public static string Evaluate(RunFolder run, Role role, string data) =>
        Of("eval", "--run", run.Path, "--role", role.Name(), "--data", data);

    /// <summary>Where a run lies that was made without a search of its own, and what comes next in it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">The images.</param>
    /// <returns>A sentence with a command below it.</returns>
    public static string NextIn(RunFolder run, string data)
    {
        if (File.Exists(run.Architecture(Role.Teacher)))
        {
            (string what, string command) = Next(run, data);
            return CommandText.Below($"The run is in {run.Path}; {what}:", command);
        }
        return CommandText.Below(
            $"The run is in {run.Path}. It has no teacher: derive one into it first, or train the student alone:",
            Train(run, Role.Student, data, "--set", "training:distillationWeight=0")
        );
    }

    /// <summary>What comes next in a run whose search is done: its trainings, the teacher's first, then how well the student
    /// does.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">The images.</param>
    /// <returns>What the command does, as a part of a sentence, and the command.</returns>
    public static (string What, string Command) Next(RunFolder run, string data)
    {
        foreach (Role role in new[] { Role.Teacher, Role.Student })
        {
            CheckpointFile file = run.TrainingCheckpoint(role);
            if (!file.Exists)
                return (role == Role.Teacher ? "train its networks, the teacher first" : "train its student", Train(run, role, data));
            // A training that was interrupted goes on.
            if (UnfinishedTraining.Load(run, role) is not null)
                return ($"go on with the training of its {role.Name()}", Train(run, role, data, "--resume"));
        }
        return ("both networks are trained, see how well the student does", Evaluate(run, Role.Student, data));
    }

    /// <summary>An option with its value; nothing where the value is null or the option's default.</summary>
    public static IEnumerable<string> Option(string name, string? value, string? standard = null) =>
        value is null || value == standard ? [] : [name, value];

    /// <summary>An option without a value, where it is set.</summary>
    public static IEnumerable<string> Flag(string name, bool isSet) => isSet ? [name] : [];

    /// <summary>Who measures, with the pool.</summary>
    public static IEnumerable<string> Profiler(ProfilerAddress? profiler) =>
        [.. Option(ProfilerOption.UrlName, profiler?.Url), .. Option(ProfilerOption.PoolName, profiler?.Pool)];

    /// <summary>An option for each value.</summary>
    public static IEnumerable<string> Options(string name, IEnumerable<string> values) => values.SelectMany(value => new[] { name, value });
}
