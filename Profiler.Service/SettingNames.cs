namespace FasterSeg.Profiler.Service;

/// <summary>How one setting of the service is spelled: <c>tls-key</c> in files, and derived from that elsewhere.</summary>
public static class SettingNames
{
    /// <summary>What the names of environment variables begin with. The client's begin with <c>FASTERSEG_PROFILER_</c>.</summary>
    public const string Prefix = "FASTERSEG_SERVICE_";

    /// <summary>The environment variable of a setting: <c>FASTERSEG_SERVICE_TLS_KEY</c>.</summary>
    public static string Variable(string name) => Prefix + name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The option of a setting on the command line: <c>--tls-key</c>.</summary>
    public static string Option(string name) => "--" + name;
}
