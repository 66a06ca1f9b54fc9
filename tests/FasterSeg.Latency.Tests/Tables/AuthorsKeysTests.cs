using CsCheck;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class AuthorsKeysTests
{
    [Theory]
    [InlineData("ConvNorm_H64_W128_Cin192_Cout96_kernel1_stride1", "arm h64 w128 c192-96 s1 k1")]
    [InlineData("ConvNorm_H64_W128_Cin352_Cout192_kernel3_stride1", "refine h64 w128 c352-192 s1 k3")]
    [InlineData("ConvNorm_H1024_W2048_Cin3_Cout48_kernel3_stride2", "stem h1024 w2048 c3-48 s2 k3")]
    [InlineData("BasicResidual1x_H32_W64_Cin384_Cout192_stride1_dilation1", "conv h32 w64 c384-192 s1")]
    [InlineData("BasicResidual2x_H128_W256_Cin32_Cout48_stride1_dilation1", "conv_2x h128 w256 c32-48 s1")]
    [InlineData("BasicResidual_downup_1x_H128_W256_Cin32_Cout64_stride2_dilation1", "zoomed_conv h128 w256 c32-64 s2")]
    [InlineData("BasicResidual_downup_2x_H64_W128_Cin96_Cout192_stride2_dilation1", "zoomed_conv_2x h64 w128 c96-192 s2")]
    [InlineData("FactorizedReduce_H64_W128_Cin160_Cout96_stride1", "skip h64 w128 c160-96 s1")]
    [InlineData("FactorizedReduce_H64_W128_Cin96_Cout256_stride2", "skip h64 w128 c96-256 s2")]
    [InlineData("ff_H128_W256_C288", "fusion h128 w256 c288-288 s1 k1")]
    [InlineData("head_H128_W256_Cin64_Cout19", "head h128 w256 c64-19 s1 k3")]
    public void Each_name_means_its_own_operator(string name, string key)
    {
        Assert.True(AuthorsKeys.TryParse(name, out OperatorSpec? spec));
        Assert.Equal(key, spec.ToString());
        Assert.True(AuthorsKeys.TryFormat(spec, out string? written));
        Assert.Equal(name, written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("conv h32 w64 c384-192 s1")]
    [InlineData("BasicResidual3x_H32_W64_Cin384_Cout192_stride1_dilation1")]
    [InlineData("BasicResidual1x_H32_W64_Cin384_Cout192_stride1")]
    [InlineData("BasicResidual1x_H32_W64_Cin384_Cout192_stride3_dilation1")]
    [InlineData("BasicResidual1x_H032_W64_Cin384_Cout192_stride1_dilation1")]
    [InlineData("BasicResidual1x_H0_W64_Cin384_Cout192_stride1_dilation1")]
    [InlineData("BasicResidual1x_H32_W64_Cin384_Cout192_stride1_dilation1 ")]
    [InlineData("ConvNorm_H64_W128_Cin192_Cout96_kernel1_stride2")]
    [InlineData("ConvNorm_H64_W128_Cin192_Cout96_kernel5_stride1")]
    [InlineData("ff_H128_W256_Cin288_Cout288")]
    [InlineData("head_H128_W256_C64")]
    public void Other_text_is_no_name(string text) => Assert.False(AuthorsKeys.TryParse(text, out _));

    [Fact]
    public void Names_are_the_inverse_of_themselves() =>
        Specs.Any.Sample(spec =>
            AuthorsKeys.TryFormat(spec, out string? name)
                ? AuthorsKeys.TryParse(name, out OperatorSpec? read) && read == spec
                : spec.Kind is OperatorKind.Upsample or OperatorKind.Concat
                    || (spec.Kind == OperatorKind.Fusion && spec.InChannels != spec.OutChannels)
        );

    [Fact]
    public void Of_the_papers_space_only_resizes_and_concatenations_have_no_name() =>
        Assert.All(SearchSpace.Paper().Operators(full: true), spec =>
            Assert.Equal(spec.Kind is not (OperatorKind.Upsample or OperatorKind.Concat), AuthorsKeys.TryFormat(spec, out _))
        );
}
