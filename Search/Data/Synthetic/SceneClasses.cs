namespace FasterSeg.Search.Data.Synthetic;

/// <summary>The classes of the synthetic scenes; names and colours follow CamVid's, lane marks belong to the road.</summary>
internal static class SceneClasses
{
    public const byte Sky = 0,
        Building = 1,
        Pole = 2,
        Road = 3,
        Pavement = 4,
        Tree = 5,
        Sign = 6,
        Fence = 7,
        Car = 8,
        Pedestrian = 9;

    public static IReadOnlyList<SegmentationClass> All { get; } =
    [
        new("sky", 128, 128, 128),
        new("building", 128, 0, 0),
        new("pole", 192, 192, 128),
        new("road", 128, 64, 128),
        new("pavement", 60, 40, 222),
        new("tree", 128, 128, 0),
        new("sign", 192, 128, 128),
        new("fence", 64, 64, 128),
        new("car", 64, 0, 128),
        new("pedestrian", 64, 64, 0),
    ];
}
