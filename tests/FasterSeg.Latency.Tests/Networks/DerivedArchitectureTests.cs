using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Networks;

public class DerivedArchitectureTests
{
    [Fact]
    public void Round_trips_through_json() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                DerivedArchitecture read = DerivedArchitectureJson.Read(DerivedArchitectureJson.Write(architecture));
                return read == architecture && read.GetHashCode() == architecture.GetHashCode();
            },
            iter: 200
        );

    [Fact]
    public void Json_names_operators_as_the_vocabulary_does()
    {
        string json = DerivedArchitectureJson.Write(ReferenceNetworks.Published);
        Assert.Contains("\"zoomed_conv_2x\"", json, StringComparison.Ordinal);
        Assert.Contains("\"role\": \"student\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Differs_where_one_width_does()
    {
        DerivedArchitecture one = ReferenceNetworks.Published;
        DerivedArchitecture other = one with { Deep = one.Deep with { Widths = [.. one.Deep.Widths.Skip(1), 0.5] } };
        Assert.NotEqual(one, other);
        Assert.Equal(one, ReferenceNetworks.Published);
    }

    [Fact]
    public void Shares_layers_up_to_the_first_difference_and_never_a_last_one()
    {
        // Layer 3 differs in its operator and its output's scale; see cell_groups of the reference.
        Assert.Equal(3, ReferenceNetworks.Published.SharedLayers);
        OperatorKind[] three = [OperatorKind.Conv, OperatorKind.Conv, OperatorKind.Conv];
        var alike = new DerivedArchitecture(
            Role.Student,
            6,
            5,
            1,
            1,
            new([.. three, OperatorKind.Conv2x], [0, 1, 1, 2], [1, 1, 1]),
            new(three, [0, 1, 1], [1, 1])
        );
        Assert.Equal(2, alike.SharedLayers);
        Assert.Equal(1, (alike with { Shallow = alike.Shallow with { Widths = [1, 0.5] } }).SharedLayers);
    }

    [Theory]
    [InlineData("\"conv_2x\"", "\"conv_3x\"", "'conv_3x' is no operator")]
    [InlineData("\"conv_2x\"", "\"skip\"", "derived network has")]
    [InlineData("\"fch\": 12", "\"fch\": 0", "Fch 0 is out of range")]
    [InlineData("\"classes\": 19", "\"clases\": 19", "clases")]
    [InlineData("\"role\": \"student\"", "\"role\": 7", "role")]
    [InlineData("\"format\": 1", "\"format\": 2", "format 2")]
    [InlineData("\"headRatio\": 0.6666666666666666", "\"headRatio\": 1.5", "outside (0, 1]")]
    public void Refuses_what_is_no_network_with_a_reason(string part, string replacement, string reason)
    {
        string json = DerivedArchitectureJson.Write(ReferenceNetworks.Published);
        int place = json.IndexOf(part, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{part} is not in the JSON.");
        string edited = json[..place] + replacement + json[(place + part.Length)..];
        var error = Assert.Throws<UserErrorException>(() => DerivedArchitectureJson.Read(edited, "run/student.json"));
        Assert.StartsWith("run/student.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("{\"format\": 1, \"deep\": null}")]
    public void Refuses_what_is_no_architecture(string json) =>
        Assert.Throws<UserErrorException>(() => DerivedArchitectureJson.Read(json, "run/student.json"));

    [Fact]
    public void Refuses_a_path_that_jumps_or_ends_elsewhere()
    {
        DerivedArchitecture good = ReferenceNetworks.Published;
        int[] jump = [0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
            early = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        Assert.Contains("Layer 9 of the deep branch", Fault(good with { Deep = good.Deep with { Path = jump } }), StringComparison.Ordinal);
        Assert.Contains("must end at 2", Fault(good with { Deep = good.Deep with { Path = early } }), StringComparison.Ordinal);
        Assert.Contains("one path entry", Fault(good with { Shallow = good.Shallow with { Widths = [1] } }), StringComparison.Ordinal);

        static string Fault(DerivedArchitecture architecture) => Assert.Throws<UserErrorException>(() => architecture.Validated()).Message;
    }
}
