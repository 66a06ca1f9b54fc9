using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A folder that <c>derive --front</c> made: networks to choose from, and no run of one of them.</summary>
internal static class FrontFolder
{
    /// <summary>Passes any other folder.</summary>
    /// <param name="run">The folder.</param>
    /// <exception cref="UsageException">It is a front; the message says how one of its networks gets a run.</exception>
    public static void Refuse(RunFolder run)
    {
        if (run.FrontNetworks is > 0 and int networks && !File.Exists(run.Architecture(Role.Student)))
            throw new UsageException(
                CommandText.Below(
                    $"{run.Path} is a front of {Plural.Of(networks, "network")}, and no run of one of them. Derive the one of a "
                        + "band into a folder of its own, from the run of the search:",
                    Derive("RUN", "KIND:DIR", "LOW-HIGH ms")
                )
            );
    }

    /// <summary>The command that makes a run of a front's network.</summary>
    /// <param name="run">The search's run.</param>
    /// <param name="data">Its images.</param>
    /// <param name="band">Where the network's estimate lies.</param>
    public static string Derive(string run, string data, string band) =>
        Suggestion.Of("derive", "--run", run, "--data", data, "--target", band, "--out", "OTHER");
}
