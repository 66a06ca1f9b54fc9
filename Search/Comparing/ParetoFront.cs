namespace FasterSeg.Search.Comparing;

/// <summary>The networks that no other one beats in latency and accuracy at once.</summary>
public static class ParetoFront
{
    /// <summary>
    /// The items that no other one dominates, in their order. One dominates another where it is no slower and no less accurate, and better
    /// in one of the two; equal ones are on the front together.
    /// </summary>
    /// <param name="items">The candidates.</param>
    /// <param name="latency">Lower is better.</param>
    /// <param name="accuracy">Higher is better.</param>
    public static IReadOnlyList<T> Of<T>(IEnumerable<T> items, Func<T, double> latency, Func<T, double> accuracy)
    {
        (T Item, double Latency, double Accuracy)[] points = [.. items.Select(item => (item, latency(item), accuracy(item)))];
        return
        [
            .. points
                .Where(point =>
                    !Array.Exists(points, other =>
                        other.Latency <= point.Latency
                        && other.Accuracy >= point.Accuracy
                        && (other.Latency < point.Latency || other.Accuracy > point.Accuracy)
                    )
                )
                .Select(point => point.Item),
        ];
    }
}
