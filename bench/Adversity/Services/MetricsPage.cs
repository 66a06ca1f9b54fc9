using System.Globalization;

namespace FasterSeg.Bench.Adversity.Services;

/// <summary>The profiler's page for Prometheus.</summary>
internal sealed class MetricsPage(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The page now: the sum of each metric over its labels. Empty where it does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, double>> ReadAsync(CancellationToken cancellation)
    {
        string page;
        try
        {
            page = await http.GetStringAsync(address, cancellation);
        }
        catch (HttpRequestException)
        {
            return new Dictionary<string, double>();
        }
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in page.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            string name = line[..line.IndexOfAny(['{', ' '])];
            string[] values = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // A metric without labels has its name in front.
            if (
                double.TryParse(
                    values[line.Contains('}', StringComparison.Ordinal) ? 0 : 1],
                    CultureInfo.InvariantCulture,
                    out double value
                )
            )
                sums[name] = sums.GetValueOrDefault(name) + value;
        }
        return sums;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
