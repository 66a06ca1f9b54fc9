using System.Globalization;
using System.Net;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>
/// One thing that can be set. It has one name, which files spell <c>tls-key</c>, the command line <c>--tls-key</c> and the
/// environment <c>FASTERSEG_SERVICE_TLS_KEY</c>.
/// </summary>
/// <param name="Name">Its name, lower case, words joined by dashes.</param>
/// <param name="Placeholder">What the help shows for its value; empty for a flag, which the command line gives without a value.</param>
/// <param name="Help">What it does, with its default in parentheses.</param>
/// <param name="Set">
/// Reads a value, whose paths start at a folder, into options. Throws <see cref="FormatException"/> with the second half of a
/// sentence: "... is 'two', " and then this.
/// </param>
public sealed record ServiceOption(
    string Name,
    string Placeholder,
    string Help,
    Func<ProfilerHostOptions, string, string, ProfilerHostOptions> Set
)
{
    /// <summary>On or off.</summary>
    public static ServiceOption Flag(string name, string help, Func<ProfilerHostOptions, bool, ProfilerHostOptions> set) =>
        new(name, "", help, (options, value, _) =>
            set(options, bool.TryParse(value, out bool flag) ? flag : throw new FormatException("not true or false"))
        );

    /// <summary>A text of its own kind, whose reader throws <see cref="FormatException"/>.</summary>
    public static ServiceOption Text(
        string name,
        string placeholder,
        string help,
        Func<ProfilerHostOptions, string, ProfilerHostOptions> set
    ) => new(name, placeholder, help, (options, value, _) => set(options, value));

    /// <summary>A file or folder; a relative one starts at the file that names it, or at the working folder.</summary>
    public static ServiceOption Path(
        string name,
        string placeholder,
        string help,
        Func<ProfilerHostOptions, string, ProfilerHostOptions> set
    ) => new(name, placeholder, help, (options, value, folder) => set(options, System.IO.Path.GetFullPath(value, folder)));

    /// <summary>An address and port to listen on.</summary>
    public static ServiceOption Address(string name, string help, Func<ProfilerHostOptions, IPEndPoint, ProfilerHostOptions> set) =>
        new(name, "ADDRESS:PORT", help, (options, value, _) => set(options, EndPoint(value)));

    /// <summary>The same, or <c>off</c> for none.</summary>
    public static ServiceOption AddressOrNone(string name, string help, Func<ProfilerHostOptions, IPEndPoint?, ProfilerHostOptions> set) =>
        new(name, "ADDRESS:PORT|off", help, (options, value, _) =>
            set(options, value.Equals("off", StringComparison.OrdinalIgnoreCase) ? null : EndPoint(value))
        );

    /// <summary>A whole number within bounds.</summary>
    public static ServiceOption Whole(
        string name,
        string placeholder,
        string help,
        int least,
        int most,
        Func<ProfilerHostOptions, int, ProfilerHostOptions> set
    ) =>
        new(name, placeholder, help, (options, value, _) =>
            int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number >= least
            && number <= most
                ? set(options, number)
                : throw new FormatException(FormattableString.Invariant($"not a whole number from {least} to {most}"))
        );

    /// <summary>A time in seconds, above 0.</summary>
    public static ServiceOption Seconds(
        string name,
        string help,
        double most,
        Func<ProfilerHostOptions, double, ProfilerHostOptions> set
    ) =>
        new(name, "SECONDS", help, (options, value, _) =>
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 && seconds <= most
                ? set(options, seconds)
                : throw new FormatException(FormattableString.Invariant($"not a number of seconds above 0, at most {most}"))
        );

    /// <summary>One of some words.</summary>
    public static ServiceOption Choice(
        string name,
        string help,
        IReadOnlyList<string> words,
        Func<ProfilerHostOptions, string, ProfilerHostOptions> set
    ) =>
        new(name, string.Join('|', words), help, (options, value, _) =>
            words.FirstOrDefault(word => word.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } known
                ? set(options, known)
                : throw new FormatException($"not one of {string.Join(", ", words)}; did you mean '{NearestWord.Find(value, words)}'?")
        );

    private static IPEndPoint EndPoint(string text) =>
        ListenAddress.Parse(text)
        ?? throw new FormatException("not an address and port to listen on: write one like 127.0.0.1:5151 or [::1]:5151");
}
