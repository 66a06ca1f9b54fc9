using System.Buffers.Binary;

namespace FasterSeg.Search.Data;

/// <summary>Writes BMP files, which Skia reads only: 24 bits a pixel, not compressed.</summary>
internal static class Bmp
{
    private const int FileHeader = 14,
        InfoHeader = 40;
    private const short Planes = 1,
        Bits = 24;

    /// <summary>A picture as the bytes of a file. Rows go from the last to the first, fill up to four bytes, and have blue first.</summary>
    public static byte[] Of(RgbImage image)
    {
        int row = (image.Width * 3 + 3) / 4 * 4;
        byte[] file = new byte[checked(FileHeader + InfoHeader + row * image.Height)];
        Span<byte> info = file.AsSpan(FileHeader);
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), FileHeader + InfoHeader);
        BinaryPrimitives.WriteInt32LittleEndian(info, InfoHeader);
        BinaryPrimitives.WriteInt32LittleEndian(info[4..], image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(info[8..], image.Height);
        BinaryPrimitives.WriteInt16LittleEndian(info[12..], Planes);
        BinaryPrimitives.WriteInt16LittleEndian(info[14..], Bits);
        for (int r = 0; r < image.Height; r++)
        {
            Span<byte> target = file.AsSpan(FileHeader + InfoHeader + (image.Height - 1 - r) * row);
            for (int c = 0; c < image.Width; c++)
            {
                ReadOnlySpan<byte> pixel = image[r, c];
                (target[c * 3], target[c * 3 + 1], target[c * 3 + 2]) = (pixel[2], pixel[1], pixel[0]);
            }
        }
        return file;
    }
}
