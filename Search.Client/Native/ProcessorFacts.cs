using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FasterSeg.Search.Client.Native;

/// <summary>What decides how this machine's processor computes.</summary>
internal static class ProcessorFacts
{
    private const string CpuInfo = "/proc/cpuinfo";

    // They change from one second to the next, or from core to core.
    private static readonly string[] Passing = ["processor", "cpu MHz", "bogomips", "BogoMIPS", "apicid", "initial apicid", "core id", "physical id", "siblings", "cpu cores"];

    /// <summary>Equal on two machines whose processors, microcode and features are the same.</summary>
    public static string Fingerprint { get; } = string.Join('\n', Lines().Where(line => !Passing.Contains(line.Name)).Select(line => $"{line.Name}: {line.Value}"));

    /// <summary>For people: name, family, model, stepping and the widest vectors.</summary>
    public static string Words { get; } = Describe();

    private static string Describe()
    {
        ILookup<string, string> lines = Lines().ToLookup(line => line.Name, line => line.Value);
        string name = lines["model name"].FirstOrDefault() ?? RuntimeInformation.ProcessArchitecture.ToString();
        if (!X86Base.IsSupported) return name;
        (int signature, _, _, _) = X86Base.CpuId(1, 0);
        int family = (signature >> 8 & 0xF) is 0xF ? 0xF + (signature >> 20 & 0xFF) : signature >> 8 & 0xF;
        int model = (signature >> 4 & 0xF) + ((signature >> 16 & 0xF) << 4);
        string vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : Avx.IsSupported ? "AVX" : "SSE";
        return FormattableString.Invariant($"{name}, family {family} model {model} stepping {signature & 0xF}, {vectors}");
    }

    /// <summary>What the kernel knows of the first core; nothing where there is no such file.</summary>
    private static IEnumerable<(string Name, string Value)> Lines()
    {
        if (!File.Exists(CpuInfo)) return [("architecture", RuntimeInformation.ProcessArchitecture.ToString())];
        return File.ReadLines(CpuInfo).TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2).Select(parts => (parts[0], parts[1]));
    }
}
