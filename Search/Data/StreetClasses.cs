namespace FasterSeg.Search.Data;

/// <summary>The 19 classes that Cityscapes is scored on, in the order of its train ids, with its colours; BDD100K took them over.</summary>
internal static class StreetClasses
{
    public static readonly SegmentationClass[] All =
    [
        new("road", 128, 64, 128),
        new("sidewalk", 244, 35, 232),
        new("building", 70, 70, 70),
        new("wall", 102, 102, 156),
        new("fence", 190, 153, 153),
        new("pole", 153, 153, 153),
        new("traffic light", 250, 170, 30),
        new("traffic sign", 220, 220, 0),
        new("vegetation", 107, 142, 35),
        new("terrain", 152, 251, 152),
        new("sky", 70, 130, 180),
        new("person", 220, 20, 60),
        new("rider", 255, 0, 0),
        new("car", 0, 0, 142),
        new("truck", 0, 0, 70),
        new("bus", 0, 60, 100),
        new("train", 0, 80, 100),
        new("motorcycle", 0, 0, 230),
        new("bicycle", 119, 11, 32),
    ];
}
