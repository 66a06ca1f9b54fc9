using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>A network of a front.</summary>
/// <param name="Network">The file of its architecture, beside the front's.</param>
/// <param name="Pair">Its branches, e.g. <c>32+8</c>.</param>
/// <param name="EstimateMs">From the table.</param>
/// <param name="SupernetLoss">With shared weights, on the images that score networks.</param>
/// <param name="SupernetMeanIou">The same, 0 to 1.</param>
public sealed record FrontPoint(string Network, string Pair, double EstimateMs, double SupernetLoss, double SupernetMeanIou);

/// <summary>A network that was looked at for a front.</summary>
/// <param name="EstimateMs">From the table.</param>
/// <param name="SupernetLoss">With shared weights.</param>
public sealed record ScoredPoint(double EstimateMs, double SupernetLoss);

/// <summary>A front over latency in a folder: <c>front.json</c> has its networks, <c>scored.json</c> all that were looked at.</summary>
/// <param name="Points">From fast to slow.</param>
/// <param name="Scored">All; those of the front are among them. Empty in a front's folder of an earlier build.</param>
public sealed record KeptFront(IReadOnlyList<FrontPoint> Points, IReadOnlyList<ScoredPoint> Scored)
{
    private const int LargestFile = 1 << 22; // bytes; a point takes about 200
    private const double LargestLoss = 1e9;
    private const string Fault = "does not hold a front's networks",
        Advice = "derive it again with 'fasterseg derive --run RUN --front N'";

    /// <summary>A front of networks whose architectures lie in files.</summary>
    /// <param name="front">From fast to slow.</param>
    /// <param name="all">All that were scored.</param>
    /// <param name="file">The file of the network at a place.</param>
    public static KeptFront Of(IReadOnlyList<OfferedNetwork> front, IReadOnlyList<OfferedNetwork> all, Func<int, string> file) =>
        new(
            [
                .. front.Select(
                    (one, i) => new FrontPoint(file(i), one.Architecture.Pair, one.EstimateMs, one.Score.Loss, one.Score.MeanIou)
                ),
            ],
            [.. all.Select(one => new ScoredPoint(one.EstimateMs, one.Score.Loss))]
        );

    /// <summary>Writes both files; the front's at last, which says that a folder has one.</summary>
    /// <exception cref="UserErrorException">One cannot be written.</exception>
    public void Save(RunFolder run)
    {
        RunJson.Save(run.Scored, Scored);
        RunJson.Save(run.Front, Points);
    }

    /// <summary>Reads a folder's; null where there is none.</summary>
    /// <exception cref="DamagedRunException">It cannot be read; the message says why.</exception>
    public static KeptFront? Load(RunFolder run)
    {
        if (!File.Exists(run.Front))
            return null;
        FrontPoint[] points = Read<FrontPoint>(run.Front, point =>
        {
            if (Path.GetFileName(point.Network) != point.Network)
                throw new FormatException("'network' is no file beside it");
            Check(point.EstimateMs, point.SupernetLoss);
            RunFile.Share(point.SupernetMeanIou, "supernetMeanIou");
        });
        return new(
            points,
            File.Exists(run.Scored) ? Read<ScoredPoint>(run.Scored, point => Check(point.EstimateMs, point.SupernetLoss)) : []
        );
    }

    private static T[] Read<T>(string path, Action<T> check)
        where T : class => RunFile.Read(path, LargestFile, Fault, Advice, json =>
        {
            T[] points = RunFile.Entries<T>(json.Deserialize<T?[]>(RunJson.Options));
            Array.ForEach(points, check);
            return points;
        });

    private static void Check(double estimateMs, double loss)
    {
        RunFile.Latency(estimateMs, "estimateMs");
        if (Math.Abs(loss) > LargestLoss)
            throw new FormatException(FormattableString.Invariant($"'supernetLoss' is {loss:R}, which is no loss"));
    }
}
