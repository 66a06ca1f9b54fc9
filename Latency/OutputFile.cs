namespace FasterSeg.Latency;

/// <summary>
/// The rule for files that the user tells a command to write, asked before the work: they are no inputs of the command, they are not there
/// yet unless <c>--overwrite</c> says that they may be, and they can be written, so that hours of measuring don't end at a misspelt folder.
/// </summary>
public static class OutputFile
{
    /// <summary>The option by which a user lets outputs be replaced. Inputs never are.</summary>
    public const string Overwrite = "--overwrite";

    /// <summary>Applies the whole rule to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="overwrite">A file that is there may be replaced.</param>
    /// <param name="inputs">What the command reads; those that are null or not there count for nothing.</param>
    /// <exception cref="UsageException">It is an input, or no file can be written there.</exception>
    /// <exception cref="UserErrorException">It is there, and may not be replaced.</exception>
    public static void Require(string path, string option, bool overwrite, params IEnumerable<string?> inputs)
    {
        RequireAll([path], option, overwrite, inputs);
        Check(path, option);
    }

    /// <summary>Passes a file's name that can be a page's: one without an ending, or with a page's.</summary>
    /// <exception cref="UsageException">It ends as a file of another kind does.</exception>
    public static void RequirePage(string path, string option)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not ("" or ".html" or ".htm"))
            throw new UsageException($"'{path}' is not named as a page is, and a page is what is written: end it in .html with {option}.");
    }

    /// <summary>The same for many files of one folder, but for trying the place out.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="option">The option that names their folder, for messages.</param>
    /// <param name="overwrite">Files that are there may be replaced.</param>
    /// <param name="inputs">What the command reads.</param>
    /// <exception cref="UsageException">One is an input, or no file can be written in its place.</exception>
    /// <exception cref="UserErrorException">Some are there, and may not be replaced.</exception>
    public static void RequireAll(IReadOnlyList<string> paths, string option, bool overwrite, IEnumerable<string?> inputs)
    {
        RequireNoInput(paths, option, inputs);
        string[] there = [.. paths.Where(IsThere)];
        if (there.Length == 0 || overwrite)
            return;
        throw new UserErrorException(
            paths.Count == 1
                ? $"{there[0]} is there already: name another file with {option}, or replace it with {Overwrite}."
                : FormattableString.Invariant(
                    $"{there.Length} of the {paths.Count} files to write {Plural.Word(there.Length, "is", "are")} there already, "
                )
                    + $"e.g. {there[0]}: name another folder "
                    + FormattableString.Invariant($"with {option}, or write all of them anew with {Overwrite}.")
        );
    }

    /// <summary>Refuses outputs that are inputs, whatever path leads to them, and those that are no ordinary file.</summary>
    /// <exception cref="UsageException">One is.</exception>
    public static void RequireNoInput(IReadOnlyList<string> paths, string option, IEnumerable<string?> inputs)
    {
        string[] there = [.. paths.Where(IsThere)];
        if (there.Length == 0)
            return;
        var read = inputs
            .OfType<string>()
            .Select(input => (Id: FileIdentity.Of(input), Path: input))
            .Where(input => input.Id is not null)
            .DistinctBy(input => input.Id)
            .ToDictionary(input => input.Id!, input => input.Path, StringComparer.Ordinal);
        foreach (string path in there)
        {
            if (FileIdentity.Of(path) is { } id && read.TryGetValue(id, out string? input))
                throw new UsageException(
                    $"{path} would be written over "
                        + $"{(input == path ? "an input of this command" : $"the input {input}, which is the same file")}: name "
                        + $"another place with {option}."
                );
            if (Directory.Exists(path))
                throw new UsageException($"'{path}' is a folder, and a file would be written there: name another place with {option}.");
            if (FileIdentity.IsSpecial(path))
                throw new UsageException($"'{path}' is a device or a pipe and no file: name a file with {option}.");
        }
    }

    /// <summary>Refuses two outputs of one command in one place; names that differ in case only are one on many file systems.</summary>
    /// <exception cref="UsageException">Two are the same.</exception>
    public static void RequireDistinct(params IReadOnlyList<(string Option, string? Path)> outputs)
    {
        var places = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (option, path) in outputs)
        {
            if (path is { Length: > 0 } && !places.TryAdd(Path.GetFullPath(path), option))
                throw new UsageException($"{places[Path.GetFullPath(path)]} and {option} name the same file, {path}: give each its own.");
        }
    }

    /// <summary>Makes the file's folder and tries it out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <exception cref="UsageException">No file can be written there.</exception>
    public static void Check(string path, string option = "--out")
    {
        if (path.Length == 0 || Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder: name a file with {option}.");
        string full = Path.GetFullPath(path),
            folder = Path.GetDirectoryName(full)!,
            probe = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(folder);
            File.Open(
                    probe,
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        Options = FileOptions.DeleteOnClose,
                    }
                )
                .Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException(
                $"No file can be written to '{path}': {exception.Message.Replace(probe, full, StringComparison.Ordinal)}",
                exception
            );
        }
    }

    /// <summary>A link that leads nowhere is there too: a rename would remove it.</summary>
    private static bool IsThere(string path) => path.Length > 0 && (Path.Exists(path) || new FileInfo(path).LinkTarget is not null);
}
