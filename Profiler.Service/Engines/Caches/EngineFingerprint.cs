using System.Security.Cryptography;
using System.Text;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Engines.Caches;

/// <summary>
/// Names a cache after all that its content depends on. ONNX Runtime's own check of a cached engine knows neither the weights nor most
/// of the options; with a name of its own for whatever is different, an old engine is never read.
/// </summary>
public static class EngineFingerprint
{
    /// <summary>Raised when what is written into a cache changes by this program's doing (rewriting for int8, for example).</summary>
    private const int Format = 1;

    /// <summary>The SHA-256 over everything, in lower-case hexadecimal.</summary>
    /// <param name="model">The model as it came, before it is rewritten; empty for a cache that serves all models.</param>
    /// <param name="identity">Device, driver, versions, provider and precision. Batch, threads and protocol are left out: they are in the
    /// model or change nothing.</param>
    /// <param name="options">The provider's options, without paths.</param>
    public static string Of(ReadOnlySpan<byte> model, TableIdentity identity, IReadOnlyDictionary<string, string> options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<(string, string?)> fields =
        [
            ("format", $"{Format}"),
            ("device", identity.DeviceUuid),
            ("capability", identity.ComputeCapability),
            ("driver", identity.Driver),
            ("provider", identity.Provider),
            ("onnxruntime", identity.OnnxRuntime),
            ("tensorrt", identity.TensorRt),
            ("cudnn", identity.Cudnn),
            ("precision", identity.Precision),
            .. options.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => ("option " + pair.Key, (string?)pair.Value)),
        ];
        foreach ((string name, string? value) in fields)
        {
            Append(hash, name);
            Append(hash, value ?? "");
        }
        hash.AppendData(model);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // With its length in front, no text can pass for the end of one and the beginning of another.
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
