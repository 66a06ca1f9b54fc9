namespace FasterSeg.Onnx.Tests;

/// <summary>A batch of maps in row-major (image, channel, row, column) order.</summary>
internal sealed record Tensor(int Batch, int Channels, int Height, int Width, float[] Values)
{
    public Tensor(int batch, int channels, int height, int width)
        : this(batch, channels, height, width, new float[batch * channels * height * width]) { }

    public ref float this[int image, int channel, int row, int column] =>
        ref Values[(((((image * Channels) + channel) * Height) + row) * Width) + column];

    public long[] Shape => [Batch, Channels, Height, Width];

    /// <summary>The indices of every value, in row-major order.</summary>
    public IEnumerable<(int Image, int Channel, int Row, int Column)> Pixels()
    {
        for (int i = 0; i < Values.Length; i++)
            yield return (i / Width / Height / Channels, i / Width / Height % Channels, i / Width % Height, i % Width);
    }

    public static Tensor Random(int batch, int channels, int height, int width, int seed)
    {
        var random = new Random(seed);
        var tensor = new Tensor(batch, channels, height, width);
        for (int i = 0; i < tensor.Values.Length; i++)
            tensor.Values[i] = (float)((random.NextDouble() * 4) - 2);
        return tensor;
    }
}
