using System.Runtime.InteropServices;
using System.Text;

namespace FasterSeg.Search.Collectives;

/// <summary>Texts among processes.</summary>
internal static class CollectiveText
{
    /// <summary>Tells every process a text of the first one.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="text">The first one's; what another one gives does not count.</param>
    public static string Broadcast(this ICollective ranks, string text = "")
    {
        byte[] bytes = ranks.Rank == 0 ? Encoding.UTF8.GetBytes(text) : [];
        int length = bytes.Length;
        ranks.Broadcast(MemoryMarshal.AsBytes(new Span<int>(ref length)));
        if (ranks.Rank > 0)
            bytes = new byte[length];
        ranks.Broadcast(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
