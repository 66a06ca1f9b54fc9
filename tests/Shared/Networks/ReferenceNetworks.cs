using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Tests;

/// <summary>The two networks of the reference files: the published student, and what its parameters give with branches 32s+8s.</summary>
public static class ReferenceNetworks
{
    /// <summary>32s+16s, the published student.</summary>
    public static DerivedArchitecture Published => Architecture(ReferenceFile.Read("derived_1_21.json"));

    /// <summary>32s+8s.</summary>
    public static DerivedArchitecture Other => Architecture(ReferenceFile.Read("derived_1_20.json"));

    /// <summary>The architecture of a reference file.</summary>
    public static DerivedArchitecture Architecture(JsonElement reference)
    {
        int[][] operators = reference.GetProperty("ops").Deserialize<int[][]>()!;
        int[][] paths = reference.GetProperty("paths").Deserialize<int[][]>()!;
        double[][] twelfths = reference.GetProperty("widths_twelfths").Deserialize<double[][]>()!;
        BranchArchitecture Branch(int i) =>
            new([.. operators[i].Select(op => (OperatorKind)op)], paths[i], [.. twelfths[i].Select(w => w / 12)]);
        return new DerivedArchitecture(Role.Student, Fch: 12, Classes: 19, StemRatio: 8 / 12.0, HeadRatio: 8 / 12.0, Branch(0), Branch(1));
    }
}
