using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// Letters of 5 x 7 dots. A small container has no font installed, and a picture of a run should look the same everywhere.
/// </summary>
internal static class PixelFont
{
    /// <summary>Rows that a line of text takes.</summary>
    public const int LineHeight = GlyphHeight * Dot;

    /// <summary>Dots of a letter, without the gap to the next one.</summary>
    public const int GlyphWidth = 5,
        GlyphHeight = 7;

    private const int Dot = 2,
        Advance = (GlyphWidth + 1) * Dot;
    private const char First = ' ',
        Last = '~';

    // Five columns a letter, from ' ' to '~'; the lowest bit of a column is its uppermost dot.
    private static readonly byte[] Columns = Convert.FromHexString(
        "000000000000005F00000007000700147F147F14242A7F2A12231308646236495620500008070300001C2241000041221C00"
            + "2A1C7F1C2A08083E080800503000000808080808006060000020100804023E5149453E00427F400072494949462141494D33"
            + "1814127F1027454545393C4A49493141211109073649494936464949291E0000140000004034000000081422411414141414"
            + "004122140802015909063E415D594E7C1211127C7F494949363E414141227F4141413E7F494949417F090909013E41415173"
            + "7F0808087F00417F41002040413F017F081422417F404040407F021C027F7F0408107F3E4141413E7F090909063E4151215E"
            + "7F09192946264949493203017F01033F4040403F1F2040201F3F4038403F631408146303047804036159494D43007F414100"
            + "02040810200041417F0004020102044040404040000307080020545478407F284444383844444428384444287F3854545418"
            + "00087E09020854543C007F0804047800447D40002040403D007F1028440000417F40007C047804787C080404783844444438"
            + "7C14141408081414147C7C08040408485454542404043F44243C4040207C1C2040201C3C4030403C44281028440C5050503C"
            + "4464544C440008364100000077000000413608000201020402"
    );

    /// <summary>Columns that a text takes.</summary>
    public static int Width(string text) => text.Length * Advance;

    /// <summary>A letter's columns from the left; the lowest bit is the uppermost dot. What has no letter is a question mark.</summary>
    public static ReadOnlySpan<byte> Glyph(char letter) =>
        Columns.AsSpan(((letter is >= First and <= Last ? letter : '?') - First) * GlyphWidth, GlyphWidth);

    /// <summary>Writes black text whose upper left corner is at a position; what doesn't fit is cut off.</summary>
    public static void Write(RgbImage picture, int top, int left, string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<byte> glyph = Glyph(text[i]);
            for (int r = 0; r < LineHeight; r++)
            {
                for (int c = 0; c < GlyphWidth * Dot; c++)
                {
                    int column = left + i * Advance + c;
                    if ((glyph[c / Dot] >> (r / Dot) & 1) == 1 && column < picture.Width && top + r < picture.Height)
                        picture[top + r, column].Clear();
                }
            }
        }
    }
}
