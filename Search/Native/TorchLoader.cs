using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FasterSeg.Latency;
using FasterSeg.Search.Native.Kernels;
using TorchSharp;

namespace FasterSeg.Search.Native;

/// <summary>Loads libtorch before TorchSharp's first use, on hosts whose libstdc++ is older than the one it was built with too.</summary>
public static class TorchLoader
{
    private const string Library = "LibTorchSharp";

    // TorchSharp's library finds these by name once they are in the process, wherever it lies itself.
    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lock Gate = new();
    private static bool loaded;

    /// <summary>The kernels in use and how their check came out; null before the first <see cref="Load"/>.</summary>
    internal static ChosenKernels? Kernels { get; private set; }

    /// <summary>Makes TorchSharp usable, with kernels that compute right; cheap after the first call.</summary>
    /// <param name="threads">CPU threads of an operation; 0 leaves torch's default. The kernels are checked with as many.</param>
    /// <param name="kernels">A name of <see cref="TorchKernels.Ladder"/>, or <see cref="TorchKernels.Automatic"/>; then
    /// <see cref="TorchKernels.Variable"/> may name them.</param>
    /// <exception cref="UserErrorException">This host has no usable libtorch, or one that computes wrongly whatever it is told.</exception>
    /// <exception cref="UsageException">There are no kernels of that name.</exception>
    public static void Load(int threads = 0, string kernels = TorchKernels.Automatic)
    {
        lock (Gate)
        {
            if (loaded)
                return;
            ChosenKernels? chosen = Asked(kernels) ?? new KernelChoice(new ProcessProbe(), Memory()).Find(threads);
            LoadUnchecked(chosen?.Kernels ?? TorchKernels.Full, threads);
            Kernels = chosen ?? CheckHere(threads);
            if (Kernels.Notice() is { } notice)
                Console.Error.WriteLine("note: " + notice);
            loaded = true;
        }
    }

    /// <summary>What <see cref="Load"/> would use, for people and without loading it; null where that cannot be told beforehand.</summary>
    /// <exception cref="UsageException">The variable names no kernels.</exception>
    internal static string? Foretell(int threads)
    {
        lock (Gate)
        {
            try
            {
                return (
                    Kernels ?? Asked(TorchKernels.Automatic) ?? new KernelChoice(new ProcessProbe(), Memory()).Find(threads)
                )?.ToString();
            }
            catch (UserErrorException nothing) when (nothing is not UsageException)
            {
                return nothing.Message;
            }
        }
    }

    /// <summary>Loads libtorch with some kernels, right or wrong.</summary>
    /// <exception cref="UserErrorException">This host has no usable libtorch; the message says what the loader said.</exception>
    internal static void LoadUnchecked(TorchKernels kernels, int threads)
    {
        foreach ((string name, string value) in kernels.Environment)
            NativeEnvironment.Set(name, value);
        TorchThreads.WaitBriefly();
        try
        {
            IntPtr library = OperatingSystem.IsLinux() ? LoadOnLinux(kernels) : IntPtr.Zero;
            torch.InitializeDeviceType(DeviceType.CPU);
            if (library != IntPtr.Zero)
                TorchWarnings.SpendLayoutWarning(library);
        }
        catch (Exception e)
            when (e
                    is DllNotFoundException
                        or TypeInitializationException
                        or NotSupportedException
                        or FileNotFoundException
                        or EntryPointNotFoundException
                        or BadImageFormatException
                        or ExternalException
            )
        {
            throw new UserErrorException(
                "libtorch cannot be loaded on this machine, so nothing can be trained here: "
                    + FirstLine(e.InnerException?.Message ?? e.Message)
                    + " Needed: 64-bit Linux (glibc 2.28 or newer), Windows or macOS on ARM, and a build made for it.",
                e
            );
        }
        if (TorchThreads.Number(threads, torch.get_num_threads()) is { } number)
            torch.set_num_threads(number);
    }

    /// <summary>The kernels that the user asks for, unchecked; null where he leaves the choice to the program.</summary>
    private static ChosenKernels? Asked(string kernels)
    {
        string source = "kernels";
        if (kernels == TorchKernels.Automatic && Environment.GetEnvironmentVariable(TorchKernels.Variable) is { Length: > 0 } named)
            (kernels, source) = (named, TorchKernels.Variable);
        if (kernels == TorchKernels.Automatic)
            return null;
        var asked = new ChosenKernels(TorchKernels.Named(kernels, source).Name, Found: null);
        Console.Error.WriteLine($"note: libtorch uses {asked}, as {source} says.");
        return asked;
    }

    /// <summary>The check in this process, where none can be started for it: too late to choose other kernels.</summary>
    private static ChosenKernels CheckHere(int threads)
    {
        KernelReading found = KnownAnswers.Check();
        if (!found.IsRight)
        {
            throw new UserErrorException(
                $"libtorch computes wrongly on this processor ({found.Complaint()}), and no "
                    + "process could be started to try its other kernels: "
                    + $"set {TorchKernels.Variable}=avx2, or sse41 where that does not help."
            );
        }
        var chosen = new ChosenKernels(TorchKernels.Full.Name, found);
        Memory().Keep(chosen, threads);
        return chosen;
    }

    private static KernelMemory Memory() => new(Path.Combine(CacheFolder(), "fasterseg"), Find("libtorch_cpu.so") ?? "");

    /// <returns>libtorch.</returns>
    private static IntPtr LoadOnLinux(TorchKernels kernels)
    {
        string file = Find("lib" + Library + ".so") ?? throw new FileNotFoundException($"lib{Library}.so does not lie beside the program.");
        string folder = Path.GetDirectoryName(file)!;
        IntPtr[] libraries = [.. Dependencies.Select(dependency => NativeLibrary.Load(Path.Combine(folder, dependency)))];
        TorchContext.DisableNnPack(libraries[1]);
        if (!kernels.OneDnn)
            TorchContext.DisableOneDnn(libraries[1]);
        IntPtr handle;
        try
        {
            handle = NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e) when (e.Message.Contains("GLIBCXX_", StringComparison.Ordinal))
        {
            handle = LoadPatchedCopy(file);
        }
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Library ? handle : IntPtr.Zero);
        return libraries[1];
    }

    private static string? Find(string name) =>
        new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native") }
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Loads a patched copy from the user's cache, named by the content it was made from; where there is no room for it, from a
    /// temporary folder.</summary>
    private static IntPtr LoadPatchedCopy(string file)
    {
        byte[] image = File.ReadAllBytes(file);
        string id = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        if (!ElfVersionPatch.TryApply(image))
            throw new DllNotFoundException($"{Path.GetFileName(file)} asks for a newer libstdc++ than this host has; install a newer one.");
        string copy = Path.Combine(CacheFolder(), "fasterseg", "libtorchsharp-" + id, Path.GetFileName(file));
        try
        {
            // One that was cut or changed since would end the program.
            if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
                AtomicFile.WriteAllBytes(copy, image);
            return NativeLibrary.Load(copy);
        }
        catch (Exception fault) when (fault is UserErrorException or IOException or UnauthorizedAccessException)
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("fasterseg-");
            copy = Path.Combine(folder.FullName, Path.GetFileName(file));
            AtomicFile.WriteAllBytes(copy, image);
            IntPtr handle = NativeLibrary.Load(copy);
            // What is mapped needs its name no longer.
            folder.Delete(recursive: true);
            return handle;
        }
    }

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(cache))
            return cache;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        // Without a home: a folder that nobody else can have put anything into.
        return string.IsNullOrEmpty(home) ? Directory.CreateTempSubdirectory("fasterseg-").FullName : Path.Combine(home, ".cache");
    }

    private static string FirstLine(string message)
    {
        string line = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        return line.EndsWith('.') ? line : line + ".";
    }
}
