using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Collectives;

/// <summary>Where a process stands among those that Open MPI's <c>mpirun</c> started together.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Size">How many there are.</param>
/// <param name="LocalRank">Its number among those of this machine, from 0.</param>
/// <param name="LocalSize">How many of them are on this machine.</param>
public sealed record RankPlace(int Rank, int Size, int LocalRank, int LocalSize)
{
    // Open MPI sets these for what it starts.
    private const string OpenMpi = "OMPI_COMM_WORLD_";

    // MPICH's and Intel's launchers, and Slurm's srun with one of their interfaces, set these.
    private const string OtherSize = "PMI_SIZE",
        OtherRank = "PMI_RANK";

    /// <summary>This process's place; null where it computes by itself.</summary>
    /// <param name="variable">Gives environment variables.</param>
    public static RankPlace? Of(Func<string, string?> variable) =>
        Number(variable(OpenMpi + "SIZE")) is int size and > 1 && Number(variable(OpenMpi + "RANK")) is { } rank && rank < size
            ? new(rank, size, Number(variable(OpenMpi + "LOCAL_RANK")) ?? 0, Number(variable(OpenMpi + "LOCAL_SIZE")) ?? 1)
            : null;

    /// <summary>The place among processes of a launcher that is not Open MPI's; null where there is none.</summary>
    /// <param name="variable">Gives environment variables.</param>
    public static RankPlace? OfOther(Func<string, string?> variable) =>
        variable(OpenMpi + "SIZE") is null && Number(variable(OtherSize)) is int size and > 1
            ? new(Number(variable(OtherRank)) ?? 0, size, 0, 1)
            : null;

    /// <summary>The device of this process.</summary>
    /// <param name="names">One name for all processes of a machine, or one for each of them, with commas. <c>cuda</c> alone is the GPU
    /// that has the process's number on its machine.</param>
    /// <param name="option">Where they were given, for messages.</param>
    /// <exception cref="UsageException">There are more or fewer names than processes.</exception>
    public string Device(string names, string option = "--device")
    {
        string[] each = names.Split(',', StringSplitOptions.TrimEntries);
        if (each.Length == 1)
            return each[0] == "cuda" ? string.Create(CultureInfo.InvariantCulture, $"cuda:{LocalRank}") : each[0];
        return each.Length == LocalSize
            ? each[LocalRank]
            : throw new UsageException(
                $"{option} {names} names {each.Length} devices, and mpirun has started {LocalSize} processes on this machine: name one "
                    + "device for all of them, or one for each."
            );
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
