using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Ranking;

/// <summary>The networks and what is known of them, in one file: <c>bench/Ranking/truths.json</c>.</summary>
/// <param name="TableId">Digest of the table that the networks were drawn by.</param>
/// <param name="Networks">The networks.</param>
/// <param name="Truths">Trainings, as they came.</param>
internal sealed record RankingFile(string TableId, IReadOnlyList<RankedNetwork> Networks, IReadOnlyList<Truth> Truths)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

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

    /// <summary>One band's networks and their trainings alone.</summary>
    public RankingFile OfBand(int band)
    {
        HashSet<string> names = [.. Networks.Where(network => network.Band == band).Select(network => network.Name)];
        return this with
        {
            Networks = [.. Networks.Where(network => names.Contains(network.Name))],
            Truths = [.. Truths.Where(truth => names.Contains(truth.Network))],
        };
    }

    /// <summary>Adds a training. Several processes may do so at once: one at a time reads, adds and writes.</summary>
    public static void Add(string path, Truth truth)
    {
        using FileStream turn = FileTurn.Of(path);
        RankingFile file = Load(path);
        (file with { Truths = [.. file.Truths.Where(other => other.Trial != truth.Trial), truth] }).Save(path);
    }

    /// <summary>Adds a network, or replaces it; its trainings of before go.</summary>
    public static void Add(string path, RankedNetwork network, string tableId)
    {
        using FileStream turn = FileTurn.Of(path);
        RankingFile file = File.Exists(path) ? Load(path) : new(tableId, [], []);
        if (file.TableId != tableId)
            throw new UserErrorException($"{path} is of another table, {file.TableId}: name another file.");
        (
            file with
            {
                Networks = [.. file.Networks.Where(other => other.Name != network.Name), network],
                Truths = [.. file.Truths.Where(truth => truth.Network != network.Name)],
            }
        ).Save(path);
    }
}
