using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Runs;

/// <summary>Reads and checks the files that a run keeps: what comes out of here is sane, whatever became of a file. All faults are
/// sentences that name the file.</summary>
public static class RunFile
{
    // ms. A nanosecond, and more than a week.
    private const double Shortest = 1e-6,
        Longest = 1e9;

    /// <summary>Reads a file of JSON.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <param name="fault">What it does not do where it is damaged, e.g. <c>does not hold measured networks</c>.</param>
    /// <param name="advice">What to do then.</param>
    /// <param name="make">Makes something of the JSON. It may throw what parsers throw.</param>
    /// <exception cref="DamagedRunException">The file cannot be read, or is none of these.</exception>
    public static T Read<T>(string path, int largest, string fault, string advice, Func<JsonElement, T> make) =>
        Checked(() =>
        {
            JsonDocument? document = null;
            try
            {
                document = JsonDocument.Parse(UserJson.Read(path, largest));
                return make(document.RootElement);
            }
            catch (Exception damage) when (IsDamage(damage))
            {
                // Places within what was parsed are none of the file.
                string why = UserJson.Plain(damage, hasPlace: document is null);
                throw new DamagedRunException($"{path} {fault} ({why}): {advice}.", damage);
            }
            finally
            {
                document?.Dispose();
            }
        });

    /// <summary>Has a file of a run read by its own reader.</summary>
    /// <exception cref="DamagedRunException">The reader says that it cannot be read.</exception>
    public static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UserErrorException damage) when (damage is not UsageException)
        {
            throw new DamagedRunException(damage.Message, damage);
        }
    }

    /// <summary>A run's latency table.</summary>
    /// <exception cref="DamagedRunException">It cannot be read.</exception>
    /// <exception cref="UserErrorException">The run has none yet.</exception>
    public static LatencyTable Table(RunFolder run) =>
        File.Exists(run.Table) ? Checked(() => LatencyTableJson.Load(run.Table)) : throw Missing(run, "latency table", run.Table);

    /// <summary>The derived network of a role of a run.</summary>
    /// <exception cref="DamagedRunException">It cannot be read, or is the other role's.</exception>
    /// <exception cref="UserErrorException">The run has none yet.</exception>
    public static DerivedArchitecture Network(RunFolder run, Role role)
    {
        string path = run.Architecture(role);
        if (!File.Exists(path))
            throw Missing(run, role.Name(), path);
        DerivedArchitecture network = Checked(() => DerivedArchitectureJson.Load(path));
        return network.Role == role
            ? network
            : throw new DamagedRunException($"{path} holds the {network.Role.Name()} of a run, and not its {role.Name()}: restore it.");
    }

    /// <summary>A list, none of whose entries is null.</summary>
    /// <exception cref="FormatException">It is null, or an entry is.</exception>
    public static T[] Entries<T>(T?[]? list)
        where T : class =>
        list is null ? throw new FormatException("it is null")
        : Array.IndexOf(list, null) is >= 0 and int at ? throw new FormatException(Invariant($"entry {at + 1} of it is null"))
        : [.. list.Select(entry => entry!)];

    /// <summary>The same of a list that has at least one.</summary>
    /// <exception cref="FormatException">It is null or empty, or an entry is null.</exception>
    public static T[] SomeEntries<T>(T?[]? list)
        where T : class => Entries(list) is { Length: > 0 } some ? some : throw new FormatException("it has no entries");

    /// <summary>A latency, ms.</summary>
    /// <exception cref="FormatException">No network takes so long, or so short.</exception>
    public static double Latency(double milliseconds, string name) =>
        milliseconds is >= Shortest and <= Longest
            ? milliseconds
            : throw new FormatException(Invariant($"'{name}' is {milliseconds:R}, which is no latency in ms"));

    /// <summary>A share that may be unknown.</summary>
    /// <exception cref="FormatException">It is not from 0 to 1.</exception>
    public static double? Share(double? share, string name) =>
        share is null or (>= 0 and <= 1) ? share : throw new FormatException(Invariant($"'{name}' is {share:R}, and not from 0 to 1"));

    /// <summary>A figure that may be anything from 0 on.</summary>
    /// <exception cref="FormatException">It is negative, or no number.</exception>
    public static double Amount(double value, string name) =>
        value is >= 0 and <= 1e15 ? value : throw new FormatException(Invariant($"'{name}' is {value:R}"));

    private static UserErrorException Missing(RunFolder run, string what, string path) =>
        new($"{run.Path} has no {what} yet ({path} is not there): let its search come to its end first, or restore the file.");

    private static bool IsDamage(Exception fault) =>
        fault
            is JsonException
                or FormatException
                or OverflowException
                or InvalidOperationException
                or KeyNotFoundException
                or ArgumentException
                or NotSupportedException;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
