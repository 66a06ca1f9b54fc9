namespace FasterSeg.Search.Data;

/// <summary>A side of a picture on its way to a side of a network's input (see <see cref="FittedImage"/>).</summary>
/// <param name="Picture">Pixels of the picture.</param>
/// <param name="Scaled">Pixels of the scaled picture.</param>
/// <param name="First">The first of these that the network sees.</param>
/// <param name="Seen">How many it sees, from there on.</param>
/// <param name="Input">Pixels of the network's input: those seen, then padding.</param>
public sealed record FittedSide(int Picture, int Scaled, int First, int Seen, int Input)
{
    /// <summary>The pixels of the scaled picture that the network sees.</summary>
    public int[] ScaledPixels => [.. Enumerable.Range(First, Seen)];

    /// <summary>Whether the centre of a pixel of the picture is among what the network sees.</summary>
    public bool Sees(int pixel) => Centre(pixel) is var centre && centre >= 0 && centre < Seen;

    /// <summary>Where each pixel of the picture lies in a map whose first and last row (or column) lie on the first and last pixel of
    /// something of <paramref name="across"/> pixels, of which the seen ones are the first: 0 to <paramref name="map"/> - 1.</summary>
    /// <param name="map">Rows (or columns) of the map.</param>
    /// <param name="across">The network's input, or what is seen of it.</param>
    public double[] Places(int map, int across)
    {
        double step = across > 1 ? (map - 1.0) / (across - 1) : 0;
        return [.. Enumerable.Range(0, Picture).Select(pixel => Math.Clamp(Centre(pixel) - 0.5, 0, Seen - 1) * step)];
    }

    /// <summary>In seen pixels, of which the first reaches from 0 to 1.</summary>
    private double Centre(int pixel) => ((pixel + 0.5) * Scaled / Picture) - First;
}
