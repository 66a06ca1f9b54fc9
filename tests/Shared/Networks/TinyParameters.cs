using System.Text.Json.Nodes;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Tests;

/// <summary>Random alpha, beta and gamma of a space, as values and as a file.</summary>
internal static class TinyParameters
{
    public static ArchitectureValues Values(SearchSpace space, Role role, int seed)
    {
        var random = new StableRandom(seed);
        double[][] Rows(int rows, int columns)
        {
            var values = new double[rows][];
            for (int row = 0; row < rows; row++)
            {
                values[row] = new double[columns];
                for (int column = 0; column < columns; column++)
                    values[row][column] = random.NextDouble();
            }
            return values;
        }
        int layers = space.Layers,
            widths = space.WidthRatios.Count;
        return new ArchitectureValues(
            [Rows(layers, 5), Rows(layers - 1, 5), Rows(layers - 2, 5)],
            [
                [],
                Rows(layers - 2, 2),
                Rows(layers - 3, 2),
            ],
            role == Role.Student
                ? [Rows(layers - 1, widths), Rows(layers - 1, widths), Rows(layers - 2, widths)]
                :
                [
                    [],
                    [],
                    [],
                ]
        );
    }

    /// <summary>A file with the parameters of some roles, and what else it shall have.</summary>
    public static string Write(
        TemporaryFolder folder,
        string name,
        SearchSpace space,
        int seed,
        IEnumerable<Role> roles,
        Action<JsonObject>? change = null
    )
    {
        JsonObject json = [];
        foreach (Role role in roles)
        {
            foreach (var (member, value) in ArchitectureValuesJson.ToJson(Values(space, role, seed), role))
                json[member] = value!.DeepClone();
        }
        change?.Invoke(json);
        return folder.Write(name, json.ToJsonString());
    }
}
