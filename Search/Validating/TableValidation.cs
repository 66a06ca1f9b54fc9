using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Validating;

/// <summary>A table held against whole networks: which ones, what each is for, the table's estimates and what was measured so
/// far.</summary>
/// <param name="TableSha256">The table, by its hash.</param>
/// <param name="TableIdentity">What the table was measured on.</param>
/// <param name="Space">The space that the networks are drawn from.</param>
/// <param name="Settings">What was asked.</param>
/// <param name="Created">When it was begun, UTC.</param>
/// <param name="MeasuredOn">What the networks are measured on; null before the first.</param>
/// <param name="Order">Numbers of the networks in the order of each pass.</param>
/// <param name="Networks">All networks, by ascending number.</param>
/// <param name="Results">Null until all are measured.</param>
/// <param name="Drift">How fast the device was, by ascending number of measurements; null or empty where nobody looked.</param>
public sealed record TableValidation(
    string TableSha256,
    TableIdentity TableIdentity,
    SearchSpace Space,
    ValidationSettings Settings,
    DateTimeOffset Created,
    TableIdentity? MeasuredOn,
    IReadOnlyList<IReadOnlyList<int>> Order,
    IReadOnlyList<ValidatedNetwork> Networks,
    ValidationResults? Results,
    IReadOnlyList<DriftReading>? Drift = null
)
{
    /// <summary>A validation with everything fixed and nothing measured.</summary>
    /// <param name="table">The table; it names its space.</param>
    /// <param name="settings">What is asked.</param>
    /// <param name="where">The table's file, for messages.</param>
    /// <exception cref="UserErrorException">The table does not say its space, or that has too few networks.</exception>
    public static TableValidation Begin(LatencyTable table, ValidationSettings settings, string where)
    {
        SearchSpace space = table.Space
            ?? throw new UserErrorException(
                $"{where} does not say which space it was made for, so no networks can be drawn: build a table with 'fasterseg profile'."
            );
        return new(
            LatencyTableJson.HashOf(table),
            table.Identity,
            space,
            settings,
            DateTimeOffset.UtcNow,
            null,
            ValidationDraw.Order(settings),
            [
                .. ValidationDraw
                    .Networks(space, settings)
                    .Select((drawn, i) => ValidatedNetwork.Of(i + 1, drawn.Use, drawn.Architecture, space, table)),
            ],
            null
        );
    }

    /// <summary>Measurements that there will be: of each network whose parts are all in the table, as often as was asked.</summary>
    public int Total() => Settings.Passes * Networks.Count(network => network.HasAllParts());

    /// <summary>Measurements that there are.</summary>
    public int Done() => Networks.Sum(network => network.Readings.Count);

    /// <summary>The networks of one use that are estimated and measured.</summary>
    public IEnumerable<ValidatedNetwork> Measured(NetworkUse use) =>
        Networks.Where(network => network.Use == use && network.EstimateMs is not null && network.Readings.Count > 0);

    /// <summary>Whether the table's operators are to be looked at again: at the beginning, now and then, and at the end.</summary>
    public bool IsDriftDue() =>
        Drift is not { Count: > 0 } drift || Done() >= drift[^1].Done + TableDrift.Interval || (Next() is null && Done() > drift[^1].Done);

    /// <summary>What a network would have taken on the device as it was when the table was measured, ms: its measurements with the drift
    /// around each taken out.</summary>
    /// <param name="network">A network.</param>
    /// <param name="which">Which of its measurements.</param>
    /// <returns>Null where there is none.</returns>
    public double? WithoutDriftMs(ValidatedNetwork network, Repetition which) =>
        network.Median(which, pass => WithoutDriftMs(network, pass));

    /// <summary>The same of one of its measurements.</summary>
    /// <param name="network">A network.</param>
    /// <param name="pass">Which of its measurements, from 0.</param>
    public double WithoutDriftMs(ValidatedNetwork network, int pass)
    {
        int before = Order
            .Take(pass)
            .SelectMany(numbers => numbers)
            .Concat(Order[pass].TakeWhile(number => number != network.Number))
            .Count(number => Networks[number - 1].HasAllParts());
        return network.Readings[pass].MedianMs / TableDrift.At(Drift ?? [], before + 0.5);
    }

    /// <summary>A network's parts, at the size of the space.</summary>
    public NetworkPlan Plan(ValidatedNetwork network) => NetworkPlan.Of(network.Architecture, Space);

    /// <summary>The network to measure next; null where all are measured.</summary>
    public ValidatedNetwork? Next() =>
        Order
            .SelectMany(
                (numbers, pass) =>
                    numbers.Select(number => Networks[number - 1]).Where(network => network.HasAllParts() && network.Readings.Count <= pass)
            )
            .FirstOrDefault();

    /// <summary>With one more measurement.</summary>
    /// <param name="network">The network that was measured.</param>
    /// <param name="measured">Its measurement.</param>
    /// <param name="by">Who measured, for messages.</param>
    /// <exception cref="UserErrorException">It was measured on something else than the table, or than the networks before.</exception>
    public TableValidation With(ValidatedNetwork network, ModelMeasurement measured, string by)
    {
        if (TableIdentity.DifferenceOfTargets(measured.Identity) is { } difference)
            throw new UserErrorException(
                $"The table does not speak of what {by} measures on: {difference} (table, then measurement). Build a table "
                    + "there, or name the profiler that the table is from."
            );
        if (MeasuredOn?.DifferenceFrom(measured.Identity) is { } changed)
            throw new UserErrorException(
                $"The networks so far were measured otherwise than {by} measures now: {changed}. Begin again with another --out."
            );
        return this with
        {
            MeasuredOn = measured.Identity,
            Networks =
            [
                .. Networks.Select(other =>
                    other.Number == network.Number ? other with { Readings = [.. other.Readings, NetworkReading.Of(measured)] } : other
                ),
            ],
        };
    }

    /// <summary>Passes where going on with this one is what was asked for.</summary>
    /// <param name="asked">What a command would begin.</param>
    /// <param name="where">This one's file, for messages.</param>
    /// <exception cref="UserErrorException">Table or settings differ; the message names the first thing that does.</exception>
    public void RequireSame(TableValidation asked, string where)
    {
        (string Name, object Mine, object Asked)[] facts =
        [
            ("the table's SHA-256", TableSha256, asked.TableSha256),
            ("--networks", Settings.Reporting, asked.Settings.Reporting),
            ("--fitting", Settings.Fitting, asked.Settings.Fitting),
            ("--seed", Settings.Seed, asked.Settings.Seed),
            ("--passes", Settings.Passes, asked.Settings.Passes),
            .. Settings
                .Measuring.GetType()
                .GetProperties()
                .Select(property =>
                    (
                        $"measuring:{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}",
                        property.GetValue(Settings.Measuring)!,
                        property.GetValue(asked.Settings.Measuring)!
                    )
                ),
        ];
        string wayOn = "Repeat the command with which it was begun, or name another file with --out.";
        if (facts.FirstOrDefault(fact => !Equals(fact.Mine, fact.Asked)) is { Name: not null } differs)
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{where} is another validation: {differs.Name} is '{differs.Mine}' in it and '{differs.Asked}' here. {wayOn}"
                )
            );
        bool sameNetworks =
            Networks.Count == asked.Networks.Count && Networks.Zip(asked.Networks).All(pair => pair.First.IsSameDraw(pair.Second));
        if (!sameNetworks || Order.Count != asked.Order.Count || !Order.Zip(asked.Order).All(pair => pair.First.SequenceEqual(pair.Second)))
            throw new UserErrorException(
                $"{where} has other networks than this build draws from the same seed, or another order: it was edited, or "
                    + $"written by another version. {wayOn}"
            );
    }
}
