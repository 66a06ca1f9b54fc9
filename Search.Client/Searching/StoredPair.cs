using System.Text.Json;
using FasterSeg.Operators;
using FasterSeg.Search.Client.Running;

namespace FasterSeg.Search.Client.Searching;

/// <summary>A pair of branches as <see cref="SearchResultFile"/> noted it.</summary>
/// <param name="Role"><c>teacher</c> or <c>student</c>.</param>
/// <param name="Branches">E.g. <c>32+16</c>.</param>
/// <param name="MeanIou">Of the supernet's head on that pair, 0 to 1.</param>
/// <param name="EstimateMs">Of the derived network, ms.</param>
/// <param name="Chosen">Whether it won.</param>
public sealed record StoredPair(string Role, string Branches, double MeanIou, double EstimateMs, bool Chosen)
{
    private const int LargestFile = 1 << 20;

    /// <summary>Those of a run; none where no search has ended in it.</summary>
    /// <exception cref="UserErrorException">The file holds something else.</exception>
    public static IReadOnlyList<StoredPair> Load(RunFolder run)
    {
        string path = run.SearchResult;
        if (!File.Exists(path)) return [];
        try
        {
            using var document = JsonDocument.Parse(UserFile.Read(path, LargestFile));
            return
            [
                .. document.RootElement.EnumerateArray().Select(pair => new StoredPair(pair.GetProperty("role").GetString() ?? "", pair.GetProperty("branches").GetString() ?? "",
                    pair.GetProperty("supernet_mean_iou").GetDouble(), pair.GetProperty("estimate_ms").GetDouble(), pair.GetProperty("chosen").GetBoolean())),
            ];
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{path} is no result of a search ({broken.Message}): copy it again, or remove it.", broken);
        }
    }
}
