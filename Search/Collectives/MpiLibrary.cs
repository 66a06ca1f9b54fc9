using System.Runtime.InteropServices;
using FasterSeg.Latency;

namespace FasterSeg.Search.Collectives;

/// <summary>The few functions of Open MPI's library that are used here. In Open MPI a communicator or a type of numbers is the address of
/// an object that the library exports; other implementations of MPI number them, so they are refused.</summary>
internal sealed unsafe class MpiLibrary
{
    // Calls come from several threads, one at a time.
    private const int Serialized = 2;

    // All of Open MPI's versions from 3 to 5 keep this number.
    private const string File = "libmpi.so.40";

    // dlopen's, on Linux.
    private const int Lazy = 1,
        Global = 0x100;

    private static readonly string[] Symbols = ["ompi_mpi_comm_world", "ompi_mpi_byte", "ompi_mpi_float", "ompi_mpi_double"];

    private readonly IntPtr library;
    private readonly IntPtr world;
    private readonly delegate* unmanaged<void*, int, IntPtr, void*, int, IntPtr, IntPtr, int> allToAll,
        allGather;
    private readonly delegate* unmanaged<void*, int, IntPtr, int, IntPtr, int> broadcast;

    private MpiLibrary(IntPtr library)
    {
        this.library = library;
        if (Array.Find(Symbols, name => !NativeLibrary.TryGetExport(library, name, out _)) is { } missing)
            throw new UsageException(
                $"{File} on this machine is not Open MPI's (it has no {missing}): install Open MPI (Debian's openmpi-bin and libopenmpi3), "
                    + "and start fasterseg with its mpirun."
            );
        world = Export(Symbols[0]);
        (Byte, Float, Double) = (Export(Symbols[1]), Export(Symbols[2]), Export(Symbols[3]));
        broadcast = (delegate* unmanaged<void*, int, IntPtr, int, IntPtr, int>)Export("MPI_Bcast");
        allToAll = (delegate* unmanaged<void*, int, IntPtr, void*, int, IntPtr, IntPtr, int>)Export("MPI_Alltoall");
        allGather = (delegate* unmanaged<void*, int, IntPtr, void*, int, IntPtr, IntPtr, int>)Export("MPI_Allgather");
    }

    /// <summary>Types of numbers.</summary>
    public IntPtr Byte { get; }

    /// <inheritdoc cref="Byte"/>
    public IntPtr Float { get; }

    /// <inheritdoc cref="Byte"/>
    public IntPtr Double { get; }

    /// <summary>This process's number and that of all.</summary>
    public (int Rank, int Size) Place
    {
        get
        {
            int rank,
                size;
            Require(((delegate* unmanaged<IntPtr, int*, int>)Export("MPI_Comm_rank"))(world, &rank), "MPI_Comm_rank");
            Require(((delegate* unmanaged<IntPtr, int*, int>)Export("MPI_Comm_size"))(world, &size), "MPI_Comm_size");
            return (rank, size);
        }
    }

    /// <summary>Loads the library and joins the other processes; waits for them.</summary>
    /// <exception cref="UsageException">It is missing, is another MPI's, or cannot be used here.</exception>
    public static MpiLibrary Join()
    {
        var mpi = new MpiLibrary(Open());
        int provided;
        Require(
            ((delegate* unmanaged<int*, byte***, int, int*, int>)mpi.Export("MPI_Init_thread"))(null, null, Serialized, &provided),
            "MPI_Init_thread"
        );
        return provided >= Serialized
            ? mpi
            : throw new UsageException("This machine's Open MPI was built without threads, which .NET needs: install another build of it.");
    }

    /// <summary>Leaves; waits until all do.</summary>
    public void Leave() => Require(((delegate* unmanaged<int>)Export("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Sends a part of what is given to each process, and gets one of each.</summary>
    /// <param name="given">A part for each process, by rank.</param>
    /// <param name="count">Numbers in a part.</param>
    /// <param name="type">Of the numbers.</param>
    /// <param name="taken">Takes a part of each process, by rank.</param>
    public void AllToAll(void* given, int count, IntPtr type, void* taken) =>
        Require(allToAll(given, count, type, taken, count, type, world), "MPI_Alltoall");

    /// <summary>Gives every process a part of each.</summary>
    /// <param name="given">This process's part.</param>
    /// <param name="count">Numbers in a part.</param>
    /// <param name="type">Of the numbers.</param>
    /// <param name="taken">Takes all parts, by rank.</param>
    public void AllGather(void* given, int count, IntPtr type, void* taken) =>
        Require(allGather(given, count, type, taken, count, type, world), "MPI_Allgather");

    /// <summary>Gives every process what the first one has.</summary>
    /// <param name="values">What is given or taken.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="type">Of the numbers.</param>
    public void Broadcast(void* values, int count, IntPtr type) => Require(broadcast(values, count, type, 0, world), "MPI_Bcast");

    private IntPtr Export(string name) => NativeLibrary.GetExport(library, name);

    /// <summary>Open MPI's plug-ins look for its symbols among the global ones, which those of a library that .NET loads are not.</summary>
    private static IntPtr Open()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "dlopen", out IntPtr open))
            throw new UsageException("Training in several processes by mpirun is for Linux: name several devices with --device instead.");
        IntPtr name = Marshal.StringToCoTaskMemUTF8(File);
        try
        {
            IntPtr library = ((delegate* unmanaged<IntPtr, int, IntPtr>)open)(name, Lazy | Global);
            return library != IntPtr.Zero
                ? library
                : throw new UsageException(
                    $"mpirun has started this program, and Open MPI's library {File} cannot be loaded on this machine: install it "
                        + "(Debian's libopenmpi3), or put its folder on LD_LIBRARY_PATH."
                );
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    /// <summary>Open MPI ends all processes by itself where a call fails, unless it is told otherwise.</summary>
    private static void Require(int code, string call)
    {
        if (code != 0)
            throw new InvalidOperationException(FormattableString.Invariant($"{call} failed with {code}."));
    }
}
