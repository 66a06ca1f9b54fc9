using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Networks;

/// <summary>The published student derived by the released rule against shared/reference/ours/derived_*.json.</summary>
public sealed class DerivationReferenceTests
{
    [Theory]
    [InlineData("derived_1_21.json", 1), InlineData("derived_1_20.json", 0)]
    public void Released_rule_gives_the_published_network(string file, int shallowEnd)
    {
        ArchitectureValues values = ArchitectureValuesJson.Read(SharedFolder.Authors("arch_student.json"), Role.Student);
        JsonElement expected = ReferenceFile.Read(file);

        DerivedArchitecture derived = Derivation.Derive(values, SearchSpace.Paper(), Role.Student, shallowEnd, DerivationRule.Released);

        for (int branch = 0; branch < 2; branch++)
        {
            Assert.Equal(
                Integers(expected, "ops", branch),
                derived.Branches[branch].Operators.Select(kind => SearchSpace.SearchedKinds.ToList().IndexOf(kind))
            );
            Assert.Equal(Integers(expected, "paths", branch), derived.Branches[branch].Path);
            Assert.Equal(
                Integers(expected, "widths_twelfths", branch),
                derived.Branches[branch].Widths.Select(ratio => (int)Math.Round(ratio * 12))
            );
        }
        int shared = expected
            .GetProperty("cell_groups")
            .EnumerateArray()
            .TakeWhile(groups => groups.GetArrayLength() == 1 && groups[0].GetArrayLength() == 2)
            .Count();
        Assert.Equal(shared, derived.SharedLayers);
    }

    private static int[] Integers(JsonElement json, string name, int branch) =>
        [.. json.GetProperty(name)[branch].EnumerateArray().Select(v => v.GetInt32())];
}
