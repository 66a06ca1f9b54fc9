using System.Text.Json;
using System.Text.Json.Nodes;

namespace FasterSeg.Latency.Networks;

/// <summary>
/// alpha, beta and gamma as JSON, named as in the released code: <c>alpha_ROLE_SCALE</c>, <c>beta_ROLE_SCALE</c>,
/// <c>ratio_ROLE_SCALE</c> with role 0 (teacher) or 1 (student).
/// </summary>
public static class ArchitectureValuesJson
{
    /// <summary>Bytes a file may have at most; the paper's space takes some thousand.</summary>
    public const int LargestFile = 16 << 20;

    /// <summary>Reads the parameters of a role; other members are passed over.</summary>
    /// <exception cref="UserErrorException">A member is missing or is no list of rows of numbers.</exception>
    public static ArchitectureValues Read(string path, Role role)
    {
        try
        {
            JsonNode? json = JsonNode.Parse(UserJson.Read(path, LargestFile).Span);
            JsonObject root = json as JsonObject ?? throw new JsonException(json is null ? "it is null" : "it is no object");
            double[][] Rows(string kind, int scale) =>
                Numbers(root, $"{kind}_{(int)role}_{scale}")
                ?? throw new JsonException(
                    root[$"{kind}_{1 - (int)role}_{scale}"] is null
                        ? $"it has no {kind}_{(int)role}_{scale}"
                        : $"it has no {kind}_{(int)role}_{scale}, only the {(role == Role.Student ? "teacher" : "student")}'s "
                            + $"{kind}_{1 - (int)role}_{scale}"
                );
            return new ArchitectureValues(
                [Rows("alpha", 0), Rows("alpha", 1), Rows("alpha", 2)],
                [
                    [],
                    Rows("beta", 1),
                    Rows("beta", 2),
                ],
                role == Role.Student
                    ? [Rows("ratio", 0), Rows("ratio", 1), Rows("ratio", 2)]
                    :
                    [
                        [],
                        [],
                        [],
                    ]
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new UserErrorException(
                $"{path} cannot be read as architecture parameters: {UserJson.Plain(e)}. It needs alpha, beta and ratio as the "
                    + "released code names them.",
                e
            );
        }
    }

    /// <summary>Rows of numbers; null where the member is missing or null.</summary>
    private static double[][]? Numbers(JsonObject root, string name)
    {
        try
        {
            return root[name].Deserialize<double[][]>();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"{name} is no list of rows of numbers", e);
        }
    }

    /// <summary>The members of a role, to be joined with the other's.</summary>
    public static JsonObject ToJson(ArchitectureValues values, Role role)
    {
        var json = new JsonObject();
        void Add(string kind, double[][][] scales)
        {
            for (int scale = 0; scale < scales.Length; scale++)
            {
                if (scales[scale].Length > 0)
                    json[$"{kind}_{(int)role}_{scale}"] = JsonSerializer.SerializeToNode(scales[scale]);
            }
        }
        Add("alpha", values.Alpha);
        Add("beta", values.Beta);
        Add("ratio", values.Gamma);
        return json;
    }
}
