using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Runs;

/// <summary>Where a run keeps what: one folder for a search and the networks derived from it.</summary>
public sealed class RunFolder
{
    private const string Aside = ".old.json";

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The configuration that the run was made with.</summary>
    public string Configuration => In("config.json");

    /// <summary>The latency table that the search used.</summary>
    public string Table => In("table.json");

    /// <summary>Every scalar of every phase.</summary>
    public string Scalars => In("scalars.csv");

    /// <summary>The pixels of each class in the images that it was searched or trained on.</summary>
    public string DataCheck => In("data.json");

    /// <summary>Which images the search and each training have seen.</summary>
    public string Images => In("images.json");

    /// <summary>The classes of the data set that it was searched or trained on last.</summary>
    public string Classes => In("classes.json");

    /// <summary>Held by the search or training that writes to the run.</summary>
    public string Lock => In("run.lock");

    /// <summary>Lies there from a run's first file to its configuration. What of a run is beside it then was written by
    /// <see cref="NewRun"/>, and is nobody's own.</summary>
    public string Beginning => In("run.begun");

    /// <summary>Whether the command that began a run there was killed before it was one. One that lives has the file open.</summary>
    public bool IsLeftBegun
    {
        get
        {
            if (File.Exists(Configuration) || !File.Exists(Beginning))
                return false;
            try
            {
                using var free = new FileStream(Beginning, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>With its configuration a run has begun.</summary>
    public void EndBeginning()
    {
        if (!File.Exists(Configuration))
            return;
        try
        {
            File.Delete(Beginning);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Beside a configuration it says nothing.
        }
    }

    /// <summary>What the search or training that works on the run said last.</summary>
    public string Progress => In("progress.json");

    /// <summary>What an evaluation said last, which may go on beside a training.</summary>
    public string EvaluationProgress => In("progress-eval.json");

    /// <summary>The folder of all event files, for TensorBoard: a folder for each phase.</summary>
    public string AllEvents => In("tensorboard");

    /// <summary>The event files of a phase, for TensorBoard.</summary>
    public string Events(string phase) => System.IO.Path.Combine(AllEvents, phase);

    /// <summary>State of pretraining and search.</summary>
    public CheckpointFile SearchCheckpoint => new(In("search.checkpoint"), "search");

    /// <summary>State of the training of a one-shot search's supernet; the first one's lies where that of any search does.</summary>
    /// <param name="supernet">Its number, from 1.</param>
    public string SupernetCheckpoint(int supernet) =>
        supernet == 1 ? SearchCheckpoint.Path : In(FormattableString.Invariant($"search-{supernet}.checkpoint"));

    /// <summary>A supernet's weights before its training's end.</summary>
    /// <param name="supernet">Its number, from 1.</param>
    /// <param name="snapshot">Of the snapshot, from 1.</param>
    public string SupernetSnapshot(int supernet, int snapshot) =>
        In(FormattableString.Invariant($"search-{supernet}-snapshot-{snapshot}.checkpoint"));

    /// <summary>How far supernets and snapshots agree in the order of networks.</summary>
    public string Agreement => In("agreement.json");

    /// <summary>alpha, beta and gamma of both roles after the last epoch, as plain numbers.</summary>
    public string Parameters => In("parameters.json");

    /// <summary>Both branch pairs of each role and which one was chosen; a random network has none.</summary>
    public string SearchResult => In("search.json");

    /// <summary>How the student was drawn, where it is a random one.</summary>
    public string RandomDraw => In("random.json");

    /// <summary>The derived network of a role.</summary>
    public string Architecture(Role role) => In(role.Name() + ".json");

    /// <summary>The picture of a role's path and widths.</summary>
    public string PathPicture(Role role) => In(role.Name() + ".png");

    /// <summary>The picture of a role's operators.</summary>
    public string OperatorPicture(Role role) => In(role.Name() + "-operators.png");

    /// <summary>State of a role's training; its weights are in it.</summary>
    public CheckpointFile TrainingCheckpoint(Role role) => new(In(role.Name() + ".checkpoint"), "training");

    /// <summary>The weights that the training of a finalist, or of a student derived from shared weights, begins with; missing where they
    /// are drawn, or taken from the search's own.</summary>
    public CheckpointFile StartingWeights => new(In("start.checkpoint"), "start");

    /// <summary>The derived networks' latencies, measured whole.</summary>
    public string Measured => In("measured.json");

    /// <summary>How well a role's network does on a split.</summary>
    /// <param name="role">Of the network.</param>
    /// <param name="split">Which images.</param>
    /// <param name="size">Of the images, where it is not the deployed one.</param>
    public string Evaluation(Role role, string split, string? size = null) =>
        In($"eval-{role.Name()}-{split}{(size is null ? "" : $"-{size}")}.json");

    /// <summary>Renames a role's evaluations, which a training makes untrue, to <c>eval-ROLE-SPLIT.old.json</c>.</summary>
    /// <returns>Their new names.</returns>
    public IReadOnlyList<string> SetEvaluationsAside(Role role)
    {
        var aside = new List<string>();
        foreach (string file in Evaluations(role).Where(file => !file.EndsWith(Aside, StringComparison.Ordinal)).ToArray())
        {
            aside.Add(System.IO.Path.ChangeExtension(file, Aside));
            File.Move(file, aside[^1], overwrite: true);
        }
        return aside;
    }

    private IEnumerable<string> Evaluations(Role role) => Named($"eval-{role.Name()}-*.json");

    /// <summary>The configuration that a role's training ran with: the run's, and what its command line said.</summary>
    public string TrainingConfiguration(Role role) => In(role.Name() + "-config.json");

    /// <summary>That configuration, or the run's where the role is not trained.</summary>
    public string ConfigurationOf(Role role) => File.Exists(TrainingConfiguration(role)) ? TrainingConfiguration(role) : Configuration;

    /// <summary>How a role's training was cut short: <see cref="ShortenedTraining"/>; missing where it was not.</summary>
    public string Shortened(Role role) => In(role.Name() + "-shortened.json");

    /// <summary>What networks score with the search's shared weights, a line each.</summary>
    public string Scores => In("scores.jsonl");

    /// <summary>The same after some steps of each network's own.</summary>
    public string AdaptedScores => In("adapted.jsonl");

    /// <summary>What finalists score after so many steps of training, a line each.</summary>
    public string FinalistScores(int steps) => FinalistFolder(steps) + ".jsonl";

    /// <summary>Where a finalist is trained that is not finished; with a number behind it where several are at the same time.</summary>
    public string FinalistFolder(int steps) => In(FormattableString.Invariant($"halving-{steps}"));

    /// <summary>The networks from fast to slow that <c>derive --front</c> found; only a folder that it made has it.</summary>
    public string Front => In("front.json");

    /// <summary>All networks that were looked at for it.</summary>
    public string Scored => In("scored.json");

    /// <summary>The folder of a front that belongs to this run.</summary>
    public string FrontFolder => In("front");

    /// <summary>That front, begun or whole; null where there is none.</summary>
    public RunFolder? BegunFront => Exists(FrontFolder) ? new(FrontFolder) : null;

    /// <summary>Where the front of the run lies that a path is to hold.</summary>
    public static string FrontFolderOf(string path) => new RunFolder(path).FrontFolder;

    /// <summary>How many networks a front's folder has; 0 where the folder is a run's.</summary>
    public int FrontNetworks => File.Exists(Front) ? Directory.EnumerateFiles(Path, "front-*.json").Count() : 0;

    /// <summary>A role's exported network.</summary>
    public string Onnx(Role role) => In(role.Name() + ".onnx");

    /// <summary>A file in the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Every file there that a run keeps for itself; pages and networks that were written for others are none of them.</summary>
    public IEnumerable<string> Files
    {
        get
        {
            Role[] roles = [Role.Teacher, Role.Student];
            return new[]
            {
                Configuration,
                Table,
                Scalars,
                SearchCheckpoint.Path,
                Parameters,
                SearchResult,
                RandomDraw,
                Measured,
                DataCheck,
                Images,
                Classes,
                Progress,
                EvaluationProgress,
                Agreement,
                Front,
                Scored,
                Scores,
                AdaptedScores,
                StartingWeights.Path,
            }
                .Concat(Named("search-*.checkpoint"))
                .Concat(Named("halving-*.jsonl"))
                .Concat(
                    roles.SelectMany(role =>
                        new[] { Architecture(role), TrainingCheckpoint(role).Path, TrainingConfiguration(role), Shortened(role) }.Concat(
                            Evaluations(role)
                        )
                    )
                )
                .Where(File.Exists);
        }
    }

    private IEnumerable<string> Named(string pattern) =>
        Directory.Exists(Path) ? Directory.EnumerateFiles(Path, pattern).Order(StringComparer.Ordinal) : [];

    /// <summary>The same of the folder at a path; none where it holds no run.</summary>
    public static IEnumerable<string> FilesOf(string path) => new RunFolder(path).Files;

    /// <summary>Makes the folder, or takes one that holds no run.</summary>
    /// <exception cref="UserErrorException">It holds a run already.</exception>
    public static RunFolder Create(string path)
    {
        RequireNew(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The folder {path} cannot be made: {e.Message}", e);
        }
        return new RunFolder(path);
    }

    /// <summary>Whether a folder holds a run.</summary>
    public static bool Exists(string path) => File.Exists(new RunFolder(path).Configuration);

    /// <summary>Passes a folder without a run, for a command that goes on with none.</summary>
    /// <exception cref="UserErrorException">It holds one.</exception>
    public static void RequireNone(string path)
    {
        if (Exists(path))
            throw new UserErrorException($"{path} holds a run already: name another folder.");
    }

    /// <summary>Passes a folder in which <see cref="Create"/> would make a run; makes nothing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="more">Names of further files that will be written there.</param>
    /// <exception cref="UserErrorException">It holds a run already, or a file that the run would be written over; or it is a
    /// file.</exception>
    /// <exception cref="UsageException">It is a data set, or in one.</exception>
    public static void RequireNew(string path, params IEnumerable<string> more)
    {
        if (Exists(path))
            throw new UserErrorException($"{path} holds a run already: go on with it with --resume, or name another folder.");
        if (File.Exists(path))
            throw new UserErrorException($"{path} is a file, and a run would have its folder there: name another folder, or move it away.");
        var run = new RunFolder(path);
        IEnumerable<string> pictures = new[] { Role.Teacher, Role.Student }.SelectMany(role =>
            new[] { run.PathPicture(role), run.OperatorPicture(role) }
        );
        IEnumerable<string> own = run.IsLeftBegun ? [] : run.Files;
        if (own.Concat(pictures.Concat(more.Select(run.In)).Where(System.IO.Path.Exists)).FirstOrDefault() is { } file)
            throw new UserErrorException(
                $"{file} is there already, and a run in {path} would replace it: name another folder, or move it away."
            );
        if (DatasetLocator.FolderAround(path) is { } data)
            throw new UsageException(
                $"{path} is {(data == path ? "a folder of images and labels" : $"in the images and labels of {data}")}, and a "
                    + "run would lie among them: name another folder."
            );
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="UsageException">There is no run in it.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        if (run.IsLeftBegun)
            throw new UsageException(
                $"{path} holds no run yet, as the command that began one was ended before it had written config.json: give that command "
                    + "once more, without --resume."
            );
        return File.Exists(run.Configuration)
            ? run
            : throw new UsageException($"{path} holds no run (it has no config.json): name the folder that 'fasterseg search --out' made.");
    }
}
