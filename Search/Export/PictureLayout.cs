namespace FasterSeg.Search.Export;

/// <summary>In which order an exported network takes a picture's values.</summary>
public enum PictureLayout
{
    /// <summary>[N, 3, H, W]: all red values, then all green ones, then all blue ones.</summary>
    Nchw,

    /// <summary>[N, H, W, 3]: pixel by pixel, as cameras and decoders give them.</summary>
    Nhwc,
}
