using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Networks;

public class NetworkPlanTests
{
    [Fact]
    public void Lists_only_parts_of_the_space_each_read_by_a_later_one() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                SearchSpace space = RandomNetworks.Space;
                var known = space.Operators(full: true).ToHashSet();
                NetworkPlan plan = NetworkPlan.Of(architecture, space.Height, space.Width, full: true);
                Assert.All(plan.Parts, part => Assert.Contains(part.Spec, known));
                var read = plan.Parts.SelectMany(part => part.Inputs).ToHashSet();
                Assert.All(Enumerable.Range(0, plan.Parts.Count - 1), part => Assert.Contains(part, read));
                Assert.Equal(plan.Parts.Count, plan.Parts.Select(part => part.Name).Distinct().Count());
            },
            iter: 200
        );

    [Fact]
    public void Joins_every_part_to_what_it_reads() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                NetworkPlan plan = NetworkPlan.Of(architecture, 64, 32);
                foreach (NetworkPart part in plan.Parts.Skip(1))
                {
                    OperatorSpec[] inputs = [.. part.Inputs.Select(input => plan.Parts[input].Spec)];
                    Assert.All(inputs, input => Assert.Equal((part.Spec.Height, part.Spec.Width), (input.OutHeight, input.OutWidth)));
                    int read = inputs.Sum(input => input.OutChannels);
                    Assert.Equal(part.Spec.Kind == OperatorKind.Concat ? part.Spec.OutChannels : part.Spec.InChannels, read);
                }
            },
            iter: 200
        );

    [Fact]
    public void Lists_the_published_student_layer_by_layer()
    {
        NetworkRow[] rows = [.. NetworkPlan.Of(ReferenceNetworks.Published, 1024, 2048).Rows()];
        Assert.Equal(new NetworkRow("stem.0", 1, "stem s2", "3-32", "32s 16s"), rows[0]);
        Assert.Contains(new NetworkRow("layer 2", 8, "zoomed_conv_2x", "32-32", "32s 16s"), rows);
        Assert.Contains(new NetworkRow("layer 3", 8, "zoomed_conv s2", "32-128", "32s"), rows);
        Assert.Contains(new NetworkRow("layer 8", 16, "zoomed_conv_2x", "192-128", "16s"), rows);
        Assert.Contains(new NetworkRow("arms32.0", 32, "arm", "256-128", "32s"), rows);
        Assert.Contains(new NetworkRow("arms32.0.upsample", 32, "upsample x2", "128-128", "32s"), rows);
        Assert.Equal(new NetworkRow("heads8", 8, "head", "128-19", "32s 16s"), rows[^1]);
    }

    [Theory]
    [InlineData(720, 1280)]
    [InlineData(64, 0)]
    [InlineData(-32, 64)]
    public void Refuses_a_size_that_is_no_multiple_of32(int height, int width)
    {
        var error = Assert.Throws<UserErrorException>(() => NetworkPlan.Of(ReferenceNetworks.Published, height, width));
        Assert.Contains("multiples of 32", error.Message, StringComparison.Ordinal);
    }
}
