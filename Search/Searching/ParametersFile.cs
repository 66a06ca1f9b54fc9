using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>
/// A role's alpha, beta and gamma from a file, checked against a space, with the supernet's mIoU of both branch pairs where it is known:
/// the authors keep it in the file itself, a run of ours in its <c>search.json</c>.
/// </summary>
/// <param name="Values">alpha, beta and gamma before their softmax.</param>
/// <param name="MeanIouWith8">Of the pair 32+8, 0 to 1, or null.</param>
/// <param name="MeanIouWith16">Of the pair 32+16, 0 to 1, or null.</param>
public sealed record ParametersFile(ArchitectureValues Values, double? MeanIouWith8, double? MeanIouWith16)
{
    /// <summary>Reads a role's parameters.</summary>
    /// <param name="path">In the layout of the released code's <c>arch_student</c>, or a run's <c>parameters.json</c>.</param>
    /// <param name="role">Whose to read.</param>
    /// <param name="space">The space that they belong to.</param>
    /// <exception cref="UsageException">They cannot be read, or are those of another space; the message names every misfit.</exception>
    public static ParametersFile Read(string path, Role role, SearchSpace space)
    {
        RequireJson(path);
        ArchitectureValues values = RunFile.Checked(() => ArchitectureValuesJson.Read(path, role));
        IReadOnlyList<string> faults = ArchitectureValuesRules.Check(values, space, role);
        if (faults.Count > 0)
        {
            throw new UsageException(
                $"{path} does not fit the space {space}: {string.Join(" ", faults)} "
                    + "Name the configuration that these parameters were searched with, or set space:layers and space:widths to theirs."
            );
        }
        (double? with8, double? with16) = MeanIou(path, role);
        return new ParametersFile(values, with8, with16);
    }

    /// <summary>The released code keeps its parameters with <c>torch.save</c>, and only Python can read that safely and whole.</summary>
    private static void RequireJson(string path)
    {
        string? kind = FileKind.Of(RunFile.Checked(() => UserFile.Start(path, FileKind.Start)));
        if (kind is not (FileKind.Torch or FileKind.Pickle or FileKind.OldPickle))
            return;
        (string module, string load) =
            kind == FileKind.Torch
                ? ("torch", $"torch.load({Python(path)}, map_location='cpu')")
                : ("pickle", $"pickle.load(open({Python(path)}, 'rb'))");
        string json = Path.ChangeExtension(path, ".json"),
            script = $"import json, {module}; json.dump({load}, open({Python(json)}, 'w'), default=lambda v: v.tolist())";
        throw new UsageException(
            CommandText.Below(
                $"{path} is {kind}, and parameters are read from JSON: convert it with the command below, and name {json}.",
                CommandText.Of("python3", "-c", script)
            )
        );
    }

    /// <summary>A text as Python writes it.</summary>
    private static string Python(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private static (double? With8, double? With16) MeanIou(string path, Role role)
    {
        using JsonDocument document = JsonDocument.Parse(UserJson.Read(path, ArchitectureValuesJson.LargestFile));
        // The released code saves the student's mIoU with the teacher's parameters too: there it says nothing.
        if (
            role == Role.Student
            && Number(document.RootElement, "mIoU02") is { } with8
            && Number(document.RootElement, "mIoU12") is { } with16
        )
            return (with8, with16);
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "search.json");
        if (Path.GetFileName(path) != "parameters.json" || !File.Exists(beside))
            return (null, null);
        SearchedPair[] pairs = [.. SearchResultFile.Read(beside).Where(pair => pair.Role == role)];
        double? Of(int scale) => Array.Find(pairs, pair => pair.ShallowScale == scale)?.SupernetMeanIou;
        return (Of(8), Of(16));
    }

    private static double? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.GetDouble() is >= 0 and <= 1 and double share
            ? share
            : null;
}
