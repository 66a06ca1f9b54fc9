using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FasterSeg.Operators;
using TorchSharp;

namespace FasterSeg.Search.Client.Native;

/// <summary>Loads libtorch before TorchSharp's first use, on hosts whose libstdc++ is older than the one it was built with too.</summary>
public static class TorchLoader
{
    private const string Library = "LibTorchSharp";
    // TorchSharp's library finds these by name once they are in the process, wherever it lies itself.
    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lock Gate = new();
    private static bool loaded;

    /// <summary>Makes TorchSharp usable; cheap after the first call.</summary>
    /// <exception cref="UserErrorException">This host has no usable libtorch; the message says what the loader said.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (loaded) return;
            try
            {
                if (OperatingSystem.IsLinux()) LoadOnLinux();
                torch.InitializeDeviceType(DeviceType.CPU);
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or NotSupportedException
                or FileNotFoundException or EntryPointNotFoundException or BadImageFormatException or ExternalException)
            {
                throw new UserErrorException("libtorch cannot be loaded on this machine, so nothing can be trained here: "
                    + FirstLine(e.InnerException?.Message ?? e.Message)
                    + " Needed: 64-bit Linux (glibc 2.28 or newer), Windows or macOS on ARM, and a build made for it.", e);
            }
            loaded = true;
        }
    }

    private static void LoadOnLinux()
    {
        string file = Find("lib" + Library + ".so")
            ?? throw new FileNotFoundException($"lib{Library}.so does not lie beside the program.");
        string folder = Path.GetDirectoryName(file)!;
        foreach (string dependency in Dependencies) NativeLibrary.Load(Path.Combine(folder, dependency));
        IntPtr handle;
        try
        {
            handle = NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e) when (e.Message.Contains("GLIBCXX_", StringComparison.Ordinal))
        {
            handle = NativeLibrary.Load(PatchedCopy(file));
        }
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Library ? handle : IntPtr.Zero);
    }

    private static string? Find(string name) =>
        new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native") }
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>A patched copy in the user's cache, named by the content it was made from.</summary>
    private static string PatchedCopy(string file)
    {
        byte[] image = File.ReadAllBytes(file);
        string id = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        string folder = Path.Combine(CacheFolder(), "fasterseg", "libtorchsharp-" + id);
        string copy = Path.Combine(folder, Path.GetFileName(file));
        if (File.Exists(copy)) return copy;
        if (!ElfVersionPatch.TryApply(image))
            throw new DllNotFoundException($"{Path.GetFileName(file)} asks for a newer libstdc++ than this host has; install a newer one.");
        AtomicFile.WriteAllBytes(copy, image);
        return copy;
    }

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(cache)) return cache;
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
