namespace FasterSeg.Onnx;

/// <summary>Sides of a model's maps that whoever runs it may choose.</summary>
[Flags]
public enum DynamicAxes
{
    /// <summary>None: all shapes are static, as the profiler measures them.</summary>
    None = 0,

    /// <summary>Pictures in a batch.</summary>
    Batch = 1,

    /// <summary>Rows and columns, multiples of 32 from 64 on.</summary>
    Size = 2,
}
