using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>How far a chain is. Only who holds its lock writes it.</summary>
/// <param name="Stages">What was begun.</param>
public sealed record ChainState(IReadOnlyDictionary<SweepStage, StageState> Stages)
{
    private const int LargestFile = 1 << 20; // bytes

    /// <summary>A chain that was never begun.</summary>
    public static ChainState New { get; } = new(new Dictionary<SweepStage, StageState>());

    /// <summary>A stage.</summary>
    public StageState this[SweepStage stage] => Stages.GetValueOrDefault(stage) ?? StageState.New;

    /// <summary>Whether all of some stages are done.</summary>
    public bool IsDone(IEnumerable<SweepStage> stages) => stages.All(stage => this[stage].Done);

    /// <summary>Whether a stage ended as another attempt would end too.</summary>
    [JsonIgnore]
    public bool IsRefused => Stages.Values.Any(stage => stage.IsRefused);

    /// <summary>The same with another state of a stage.</summary>
    public ChainState With(SweepStage stage, StageState state) => new(new Dictionary<SweepStage, StageState>(Stages) { [stage] = state });

    /// <summary>The same without failures for which nothing is tried again.</summary>
    /// <param name="retries">How often a stage that has failed is tried again.</param>
    /// <param name="refused">Also without those that would come again.</param>
    public ChainState Pardoned(int retries, bool refused)
    {
        ChainState pardoned = this;
        foreach ((SweepStage stage, StageState state) in Stages)
        {
            if (!state.Done && (state.IsRefused ? refused : state.Failures > retries))
                pardoned = pardoned.With(stage, state with { Failures = 0, Code = null, Failure = null });
        }
        return pardoned;
    }

    /// <summary>Reads a file; <see cref="New"/> where there is none.</summary>
    /// <exception cref="DamagedRunException">It is not as this program writes it.</exception>
    public static ChainState Load(string path) =>
        File.Exists(path)
            ? RunFile.Read(
                path,
                LargestFile,
                "does not say how far a chain is",
                "remove it, and the chain's commands are run once more, which goes on where its run is",
                json => (json.Deserialize<ChainState>(RunJson.Options) ?? throw new FormatException("it is null")).Checked()
            )
            : New;

    /// <summary>How far a chain of a sweep is. Where its run was taken away it is a new one.</summary>
    /// <exception cref="DamagedRunException">Its file is not as this program writes it.</exception>
    public static ChainState Of(SweepFolder folder, SweepChain chain)
    {
        ChainState kept = Load(folder.StateOf(chain));
        return kept.Stages.Values.Any(stage => stage.Done) && !RunFolder.Exists(folder.RunOf(chain)) ? New : kept;
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save(string path) => RunJson.Save(path, this);

    private ChainState Checked()
    {
        foreach (StageState? state in Stages?.Values ?? throw new FormatException("it has no stages"))
        {
            if (state is null)
                throw new FormatException("one of its stages is null");
            RunFile.Amount(state.Attempts, "attempts");
            RunFile.Amount(state.Failures, "failures");
            RunFile.Amount(state.Seconds, "seconds");
        }
        return this;
    }
}

/// <summary>How far a stage of a chain is.</summary>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Failures">How often it has failed since it was begun by whoever works on it now; an interruption is no failure.</param>
/// <param name="Done">Whether it has come to its end.</param>
/// <param name="Seconds">How long it took, over all attempts whose end was seen.</param>
/// <param name="Began">When the last attempt began, UTC.</param>
/// <param name="Ended">When it ended, UTC.</param>
/// <param name="Code">Exit code of the last attempt that ended.</param>
/// <param name="Failure">Why that failed; null where it did not.</param>
public sealed record StageState(
    int Attempts,
    int Failures,
    bool Done,
    double Seconds,
    DateTimeOffset? Began = null,
    DateTimeOffset? Ended = null,
    int? Code = null,
    string? Failure = null
)
{
    /// <summary>Never begun.</summary>
    public static StageState New { get; } = new(0, 0, Done: false, 0);

    /// <summary>Whether it ended as another attempt would end too: wrong usage, a wrong configuration, a damaged file.</summary>
    [JsonIgnore]
    public bool IsRefused => !Done && Code == StageEnd.Refused;

    /// <summary>Whether its last attempt failed.</summary>
    [JsonIgnore]
    public bool HasFailed => !Done && Failure is not null;
}
