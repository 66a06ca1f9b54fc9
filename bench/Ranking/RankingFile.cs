using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Ranking;

/// <summary>The networks and what is known of them, in one file: <c>bench/Ranking/truths.json</c>.</summary>
/// <param name="TableId">Digest of the table that the networks were drawn by.</param>
/// <param name="Networks">The networks.</param>
/// <param name="Truths">Trainings, as they came.</param>
internal sealed record RankingFile(string TableId, IReadOnlyList<RankedNetwork> Networks, IReadOnlyList<Truth> Truths)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads it.</summary>
    /// <exception cref="UserErrorException">It is not there, or damaged.</exception>
    public static RankingFile Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RankingFile>(UserJson.Read(path, 1 << 26).Span, Options)!;
        }
        catch (JsonException fault)
        {
            throw new UserErrorException($"{path} is no file of this benchmark: {fault.Message}", fault);
        }
    }

    /// <summary>Writes it, one network or training a line, so that a commit shows what was added.</summary>
    public void Save(string path)
    {
        static string Lines<T>(IEnumerable<T> items) =>
            string.Join(",\n", items.Select(item => "    " + JsonSerializer.Serialize(item, Options)));
        AtomicFile.WriteAllText(
            path,
            $"{{\n  \"tableId\": {JsonSerializer.Serialize(TableId)},\n  \"networks\": [\n{Lines(Networks)}\n  ],\n"
                + $"  \"truths\": [\n{Lines(Truths)}\n  ]\n}}\n"
        );
    }

    /// <summary>Adds a training. Several processes may do so at once: one at a time reads, adds and writes.</summary>
    public static void Add(string path, Truth truth)
    {
        using FileStream turn = Turn(path + ".lock");
        RankingFile file = Load(path);
        (file with { Truths = [.. file.Truths.Where(other => other.Trial != truth.Trial), truth] }).Save(path);
    }

    private static FileStream Turn(string path)
    {
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(50);
            }
        }
    }
}
