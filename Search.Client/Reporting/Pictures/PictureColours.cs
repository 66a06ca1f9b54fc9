using FasterSeg.Latency.Spaces;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>The colours of networks' pictures: blue for one convolution, orange for two, pale where zoomed. Told apart by colour-blind
/// people too.</summary>
internal static class PictureColours
{
    /// <summary>Text and lines.</summary>
    public static readonly SKColor Ink = new(0x22, 0x26, 0x2B),
        Grey = new(0x6B, 0x72, 0x7A),
        Pale = new(0xDD, 0xE1, 0xE6),
        Lane = new(0xF5, 0xF6, 0xF8),
        Paper = SKColors.White;

    /// <summary>What both branches, the deep one and the shallow one are drawn in.</summary>
    public static readonly SKColor Shared = new(0x55, 0x5C, 0x64),
        Deep = new(0x7B, 0x3F, 0xA0),
        Shallow = new(0x0E, 0x8A, 0x72);

    /// <summary>The operators that a derived network has.</summary>
    public static readonly OperatorKind[] Operators =
    [
        OperatorKind.Conv,
        OperatorKind.ZoomedConv,
        OperatorKind.Conv2x,
        OperatorKind.ZoomedConv2x,
    ];

    /// <summary>The colour of an operator; fixed parts are grey.</summary>
    public static SKColor Of(OperatorKind kind) =>
        kind switch
        {
            OperatorKind.Conv => new(0x4C, 0x8B, 0xC9),
            OperatorKind.ZoomedConv => new(0xB5, 0xD5, 0xF0),
            OperatorKind.Conv2x => new(0xF2, 0x8E, 0x2B),
            OperatorKind.ZoomedConv2x => new(0xFC, 0xD0, 0x9B),
            _ => new(0xC6, 0xCB, 0xD2),
        };

    /// <summary>The colour of what some branches use.</summary>
    public static SKColor Of(IReadOnlyList<int> branches) =>
        branches.Count > 1 ? Shared
        : branches[0] == 0 ? Deep
        : Shallow;

    /// <summary>An operator's name for people, e.g. <c>zoomed conv 2x</c>.</summary>
    public static string NameOf(OperatorKind kind) => OperatorKey.NameOf(kind).Replace('_', ' ');
}
