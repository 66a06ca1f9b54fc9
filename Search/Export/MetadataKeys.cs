namespace FasterSeg.Search.Export;

/// <summary>
/// The keys of an exported file's <c>metadata_props</c>, as docs/deploy-network.md lists them. Lists are JSON; numbers have a point. A
/// picture's value x becomes <c>(x * scale - mean) / std</c>, for each channel.
/// </summary>
public static class MetadataKeys
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "fasterseg.";

    /// <summary>Version of these keys: 1.</summary>
    public const string Format = Prefix + "format";

    /// <summary>Version of the program that wrote the file.</summary>
    public const string Version = Prefix + "version";

    /// <summary><c>NCHW</c> or <c>NHWC</c>.</summary>
    public const string Layout = Prefix + "input.layout";

    /// <summary><c>float32</c> or <c>uint8</c>.</summary>
    public const string Type = Prefix + "input.type";

    /// <summary>The order of a pixel's values: <c>RGB</c>.</summary>
    public const string Colour = Prefix + "input.color";

    /// <summary>Factor on a picture's values, which are 0 to 255.</summary>
    public const string Scale = Prefix + "input.scale";

    /// <summary>Mean of each channel, after scaling.</summary>
    public const string Mean = Prefix + "input.mean";

    /// <summary>Standard deviation of each channel, after scaling.</summary>
    public const string StandardDeviation = Prefix + "input.std";

    /// <summary>How a picture is brought to the input's size.</summary>
    public const string Fit = Prefix + "input.fit";

    /// <summary>What the input holds where it is padded, for each channel, as the network takes it.</summary>
    public const string Pad = Prefix + "input.pad";

    /// <summary>Of a file that leaves the size open: rows and columns that the network was trained for, and that a picture is brought to
    /// unless somebody asks for others.</summary>
    public const string Size = Prefix + "input.size";

    /// <summary>Rows and columns are multiples of it.</summary>
    public const string Multiple = Prefix + "input.multiple";

    /// <summary><c>logits</c> or <c>classes</c>.</summary>
    public const string Output = Prefix + "output";

    /// <summary>The input's rows over the output's: 8, or 1 of a full network.</summary>
    public const string Stride = Prefix + "output.stride";

    /// <summary>How logits are enlarged before their argmax: <c>bilinear</c>.</summary>
    public const string Enlargement = Prefix + "output.resize";

    /// <summary>Whether corners are aligned in it: <c>true</c>.</summary>
    public const string AlignCorners = Prefix + "output.align_corners";

    /// <summary>The classes: <see cref="Data.ClassList"/>.</summary>
    public const string Classes = Prefix + "classes";

    /// <summary>The label of pixels that do not count.</summary>
    public const string Ignore = Prefix + "ignore";

    /// <summary><c>student</c> or <c>teacher</c>.</summary>
    public const string Role = Prefix + "role";

    /// <summary>The search space in words.</summary>
    public const string Space = Prefix + "space";

    /// <summary>The network as a run's <c>student.json</c> holds it.</summary>
    public const string Architecture = Prefix + "architecture";

    /// <summary>Multiplications with an addition for one picture, parameters, and bytes of maps at once.</summary>
    public const string Cost = Prefix + "cost";

    /// <summary>Epochs of training.</summary>
    public const string Epochs = Prefix + "epochs";

    /// <summary>Id of the latency table.</summary>
    public const string Table = Prefix + "table";

    /// <summary>The table's device.</summary>
    public const string TableDevice = Prefix + "table.device";

    /// <summary>The table's estimate, ms.</summary>
    public const string Estimate = Prefix + "latency.estimate_ms";

    /// <summary>Measured whole, ms.</summary>
    public const string Measured = Prefix + "latency.measured_ms";

    /// <summary>On what.</summary>
    public const string MeasuredOn = Prefix + "latency.measured_on";
}
