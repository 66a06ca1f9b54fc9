using FasterSeg.Latency.Spaces;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Operators as requests name them.</summary>
internal static class OperatorKeys
{
    /// <summary>Reads the field <c>key</c>.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is none.</exception>
    public static OperatorSpec Read(string key) =>
        OperatorKey.TryParse(key, out OperatorSpec? spec)
            ? spec
            : throw RequestFaults.Refusal(
                "key",
                $"'{StatusText.Shortened(key, StatusText.LongestName)}' is no operator key such as 'conv h64 w128 c96-192 s2'."
            );

    /// <summary>Reads the keys and notes every fault.</summary>
    /// <param name="keys">The field <c>keys</c>.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="faults">Where faults are noted; the result is of use only if there is none.</param>
    public static IReadOnlyList<OperatorSpec> Read(IReadOnlyList<string> keys, int most, RequestFaults faults)
    {
        var specs = new List<OperatorSpec>();
        if (keys.Count == 0 || keys.Count > most)
            faults.Add("keys", $"{keys.Count} operator keys: name 1 to {most}.");
        for (int i = 0; i < keys.Count && i < most; i++)
        {
            try
            {
                specs.Add(OperatorKey.Parse(keys[i]));
            }
            catch (FormatException fault)
            {
                faults.Add($"keys[{i}]", fault.Message);
            }
        }
        return specs;
    }
}
