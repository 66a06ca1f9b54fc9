using System.Runtime.InteropServices;
using FasterSeg.Latency;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>What decides how this machine's processor computes.</summary>
internal static class ProcessorFingerprint
{
    private const string CpuInfo = "/proc/cpuinfo";

    // They change from one second to the next, or from core to core.
    private static readonly string[] Passing =
    [
        "processor",
        "cpu MHz",
        "bogomips",
        "BogoMIPS",
        "apicid",
        "initial apicid",
        "core id",
        "physical id",
        "siblings",
        "cpu cores",
    ];

    private static readonly string Text = File.Exists(CpuInfo) ? File.ReadAllText(CpuInfo) : "";

    /// <summary>Equal on two machines whose processors, microcode and features are the same.</summary>
    public static string Whole { get; } =
        RuntimeInformation.ProcessArchitecture
        + "\n"
        + string.Join(
            '\n',
            Text.Split('\n').TakeWhile(line => line.Length > 0).Where(line => !Passing.Contains(line.Split(':')[0].Trim()))
        );

    /// <summary>For people: name, family, model, stepping and instruction sets.</summary>
    public static string Words { get; } = Describe();

    private static string Describe()
    {
        Dictionary<string, string> facts = ProcessorFacts.Read(Text).ToDictionary(fact => fact.Name, fact => fact.Value);
        string kind =
            facts["cpu_family"].Length > 0
                ? $", family {facts["cpu_family"]} model {facts["cpu_model"]} stepping {facts["cpu_stepping"]}"
                : "";
        string name = ProcessorFacts.Field(Text, "model name") is { Length: > 0 } told
            ? told
            : RuntimeInformation.ProcessArchitecture.ToString();
        return $"{name}{kind}, {facts["cpu_instructions"]}";
    }
}
