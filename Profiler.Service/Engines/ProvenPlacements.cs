using System.Security.Cryptography;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>What placements were proven already: an operator is opened for several sessions, and its nodes run where they ran.</summary>
internal sealed class ProvenPlacements
{
    // Several spaces' operators. Whoever uploads models without end must not fill the memory with them.
    private const int Most = 10_000;

    private readonly Dictionary<string, Placement> known = [];

    /// <summary>The model's placement, proven now where it is not known.</summary>
    public Placement Of(byte[] onnx, Func<Placement> prove)
    {
        string model = Convert.ToHexString(SHA256.HashData(onnx));
        if (known.TryGetValue(model, out Placement? placement))
            return placement;
        placement = prove();
        if (known.Count >= Most)
            known.Clear();
        return known[model] = placement;
    }
}
