using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Runs;

/// <summary>A training that was told, when it was resumed, to end earlier than it was begun to. It counts as trained (decision 23), and so
/// whoever reads its figures must hear of it. A run keeps it in <c>ROLE-shortened.json</c>.</summary>
/// <param name="Epochs">Epochs at whose end it ends, or ended.</param>
/// <param name="Of">Epochs that it was begun with.</param>
public sealed record ShortenedTraining(int Epochs, int Of)
{
    private const int LargestFile = 1 << 16;

    /// <summary>For people, e.g. <c>3 of the 20 epochs that it was begun with</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Epochs} of the {Of} epochs that it was begun with");

    /// <summary>Keeps in a run how long a training shall be that begins or goes on; takes the note away where it is not cut
    /// short.</summary>
    /// <param name="run">The run.</param>
    /// <param name="role">Whose training.</param>
    /// <param name="epochs">Epochs that it shall have now.</param>
    /// <param name="before">Epochs that it was to have until now; null where it begins.</param>
    /// <param name="done">Epochs that are behind it.</param>
    /// <exception cref="UserErrorException">The file cannot be read or written.</exception>
    public static void Note(RunFolder run, Role role, int epochs, int? before, int done)
    {
        int of = before is null ? 0 : Math.Max(before.Value, Load(run, role)?.Of ?? 0),
            last = Math.Max(epochs, done);
        if (last < of)
            RunJson.Save(run.Shortened(role), new ShortenedTraining(last, of));
        else
            File.Delete(run.Shortened(role));
    }

    /// <summary>That of a role's training; null where it was not cut short.</summary>
    /// <exception cref="DamagedRunException">The file cannot be read.</exception>
    public static ShortenedTraining? Load(RunFolder run, Role role) =>
        File.Exists(run.Shortened(role))
            ? RunFile.Read(run.Shortened(role), LargestFile, "does not say how a training was cut short", "remove it", json =>
                json.Deserialize<ShortenedTraining>(RunJson.Options) ?? throw new FormatException("it is null")
            )
            : null;
}
