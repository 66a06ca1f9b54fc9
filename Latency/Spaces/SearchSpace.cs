using System.Globalization;

namespace FasterSeg.Latency.Spaces;

/// <summary>
/// The space of networks that a search can reach (paper, Section 3.1): image size, channels, widths and classes.
/// </summary>
/// <param name="Height">Rows of the network's input, a multiple of 32.</param>
/// <param name="Width">Columns of the network's input, a multiple of 32.</param>
/// <param name="Fch">Channels at scale s with ratio 1 are Fch * s (12 in the paper).</param>
/// <param name="WidthRatios">The searchable expansion ratios, ascending, in (0, 1]; {4, 6, 8, 10, 12}/12 in the paper.</param>
/// <param name="Layers">L, the number of cell layers (16 in the paper), at least 4.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="TeacherStemRatio">Ratio of the teacher's stem, one of <paramref name="WidthRatios"/>.</param>
/// <param name="TeacherHeadRatio">Ratio of the teacher's last maps and heads, one of <paramref name="WidthRatios"/>.</param>
/// <param name="StudentStemRatio">Ratio of the student's stem, one of <paramref name="WidthRatios"/>.</param>
/// <param name="StudentHeadRatio">Ratio of the student's last maps and heads, one of <paramref name="WidthRatios"/>.</param>
public sealed record SearchSpace(
    int Height,
    int Width,
    int Fch,
    IReadOnlyList<double> WidthRatios,
    int Layers,
    int Classes,
    double TeacherStemRatio = 1,
    double TeacherHeadRatio = 1,
    double StudentStemRatio = 8.0 / 12,
    double StudentHeadRatio = 8.0 / 12
)
{
    /// <summary>Side lengths of a network's input are multiples of this: the coarsest map is 1/32 of it.</summary>
    public const int SideMultiple = 32;

    /// <summary>Most rows or columns of a network's input.</summary>
    public const int LargestSide = 16384;

    /// <summary>The scales at which cells live: 1/8, 1/16 and 1/32 of the input.</summary>
    public static IReadOnlyList<int> Scales { get; } = [8, 16, 32];

    /// <summary>The kinds of the five searched operators, in the order of alpha.</summary>
    public static IReadOnlyList<OperatorKind> SearchedKinds => SearchSpaceOperators.SearchedKinds;

    /// <summary>The paper's width ratios, {4, 6, 8, 10, 12}/12.</summary>
    public static IReadOnlyList<double> PaperWidthRatios { get; } = [4.0 / 12, 6.0 / 12, 8.0 / 12, 10.0 / 12, 1.0];

    /// <summary>The paper's space for a given input size and number of classes.</summary>
    public static SearchSpace Paper(int height = 1024, int width = 2048, int classes = 19) =>
        new(height, width, Fch: 12, PaperWidthRatios, Layers: 16, classes);

    /// <summary>The ratio that "full width" means: the widest of the list. The teacher always has it.</summary>
    public double FullRatio => WidthRatios[^1];

    /// <summary>
    /// Channels at a scale with a ratio: Fch * scale * ratio to the nearest multiple of 8, at least 8. Supernet, table and
    /// network all ask here.
    /// </summary>
    public int Channels(int scale, double ratio) => Channels(Fch, scale, ratio);

    /// <summary>The same rule where there is no space at hand, as in a network that was derived from one.</summary>
    public static int Channels(int fch, int scale, double ratio) =>
        Math.Max(8, (int)Math.Floor(((fch * scale * ratio) + 4 + 1e-9) / 8) * 8);

    /// <summary>The sentences that say what is wrong with this space; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate() => SearchSpaceRules.Check(this);

    /// <summary>This space, or an exception that names every fault.</summary>
    /// <exception cref="ArgumentException">The space breaks a rule.</exception>
    public SearchSpace Validated()
    {
        IReadOnlyList<string> faults = Validate();
        return faults.Count == 0 ? this : throw new ArgumentException(string.Join(" ", faults));
    }

    /// <summary>
    /// Every operator that a network of this space can contain, once each, in the order of the canonical key
    /// (ordinal): searched operators first by <see cref="SearchedOperators"/>, then <see cref="FixedParts"/>.
    /// </summary>
    public IReadOnlyList<OperatorSpec> Operators(bool full = false) => SearchSpaceOperators.All(this, full);

    /// <summary>The specs of the five searched operators at every scale, stride and pair of widths.</summary>
    public IReadOnlyList<OperatorSpec> SearchedOperators() => SearchSpaceOperators.Searched(this);

    /// <summary>Stems, arms, refinements, fusions, heads, resizes and concatenations of teacher and student, both branch pairs.</summary>
    /// <param name="full">Also the x8 upsampling of the logits.</param>
    public IReadOnlyList<OperatorSpec> FixedParts(bool full = false) => SearchSpaceOperators.Fixed(this, full);

    /// <summary>The three parts of a stem with a ratio: a convolution to 1/2, then conv_2x to 1/4 and to 1/8.</summary>
    public IReadOnlyList<OperatorSpec> Stem(double ratio) => SearchSpaceOperators.StemOf(this, ratio);

    /// <summary>Spaces are equal where every number is.</summary>
    public bool Equals(SearchSpace? other) =>
        other is not null
        && (Height, Width, Fch, Layers, Classes) == (other.Height, other.Width, other.Fch, other.Layers, other.Classes)
        && (TeacherStemRatio, TeacherHeadRatio, StudentStemRatio, StudentHeadRatio)
            == (other.TeacherStemRatio, other.TeacherHeadRatio, other.StudentStemRatio, other.StudentHeadRatio)
        && WidthRatios.SequenceEqual(other.WidthRatios);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width, Fch, Layers, Classes, WidthRatios.Count, StudentStemRatio);

    /// <summary>A line for people, e.g. <c>256x512, Fch 12, widths 4 6 8 10 12 /12, 16 layers, 19 classes</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Height}x{Width}, Fch {Fch}, widths "
                + $"{string.Join(' ', WidthRatios.Select(r => (r * 12).ToString("0.##", CultureInfo.InvariantCulture)))} /12, {Layers} "
                + $"layers, {Classes} classes"
        );
}
