using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Configuration;

/// <summary>One place that settings come from.</summary>
/// <param name="Values">What it says, by the options' names.</param>
/// <param name="Spell">An option's name as somebody reads and writes it there, in a sentence.</param>
/// <param name="Folder">Where relative paths start.</param>
internal sealed record ServiceSource(IConfiguration Values, Func<string, string> Spell, string Folder)
{
    private const int LargestFile = 1 << 20;

    /// <summary>A JSON file; comments are allowed.</summary>
    /// <exception cref="FormatException">It cannot be read; the message is a sentence.</exception>
    public static ServiceSource OfFile(string path)
    {
        try
        {
            using var json = new MemoryStream(UserJson.Read(path, LargestFile).ToArray());
            return new(new ConfigurationBuilder().AddJsonStream(json).Build(), name => $"{name} in {path}", Path.GetDirectoryName(path)!);
        }
        catch (UserErrorException fault)
        {
            throw new FormatException(fault.Message, fault);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidDataException)
        {
            throw new FormatException(
                $"The settings file {path} is not valid JSON: {UserJson.Plain(fault.GetBaseException())}. Write it like {{ "
                    + "\"listen\": \"127.0.0.1:5151\" }.",
                fault
            );
        }
    }

    /// <summary>The environment: what begins with the prefix.</summary>
    public static ServiceSource OfEnvironment(IEnumerable<KeyValuePair<string, string>> variables) =>
        new(
            InMemory(
                variables
                    .Where(each => each.Key.StartsWith(SettingNames.Prefix, StringComparison.Ordinal))
                    .Select(each =>
                        KeyValuePair.Create(
                            each.Key[SettingNames.Prefix.Length..].Replace('_', '-').ToLowerInvariant(),
                            (string?)each.Value
                        )
                    )
            ),
            SettingNames.Variable,
            Environment.CurrentDirectory
        );

    /// <summary>A command line that was taken apart.</summary>
    public static ServiceSource OfArguments(IEnumerable<KeyValuePair<string, string?>> arguments) =>
        new(InMemory(arguments), SettingNames.Option, Environment.CurrentDirectory);

    private static IConfigurationRoot InMemory(IEnumerable<KeyValuePair<string, string?>> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
