using FasterSeg.Latency;

namespace FasterSeg.Bench.Ranking;

/// <summary>One process at a time reads a file, adds to it and writes it.</summary>
internal static class FileTurn
{
    /// <summary>Waits for the turn; it ends where the stream does.</summary>
    /// <param name="path">The file that is to be added to.</param>
    public static FileStream Of(string path)
    {
        string beside = path + ".lock";
        while (true)
        {
            try
            {
                return new(beside, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException fault) when (LockFaults.IsHeld(fault))
            {
                Thread.Sleep(50);
            }
        }
    }
}
