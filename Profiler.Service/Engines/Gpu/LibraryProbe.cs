using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>
/// Asks NVIDIA's libraries for their versions. Those of the stack are tried under the very names that ONNX Runtime loads; where one is
/// missing, other versions are looked for, so that a refusal can say what is there instead.
/// </summary>
public static unsafe class LibraryProbe
{
    private static readonly int[] CudaMajors = [11, 12, 13, 14];
    private static readonly int[] CudnnMajors = [8, 9, 10];
    private static readonly int[] TensorRtMajors = [8, 9, 10, 11];

    /// <summary>The versions that the dynamic loader finds, those of the stack first.</summary>
    public static LibraryVersions Read(GpuStack stack) =>
        new(
            First(stack.CudaMajor, CudaMajors, CudaName, "cudaRuntimeGetVersion", CudaVersion),
            First(
                stack.CudnnMajor,
                CudnnMajors,
                major => Name($"cudnn64_{major}.dll", $"libcudnn.so.{major}"),
                "cudnnGetVersion",
                entry => LibraryVersions.OfCudnn((long)((delegate* unmanaged<nuint>)entry)())
            ),
            First(stack.TensorRtMajor, TensorRtMajors, TensorRtName, "getInferLibVersion", entry =>
                LibraryVersions.OfTensorRt(((delegate* unmanaged<int>)entry)())
            )
        );

    private static string CudaName(int major) =>
        Name($"cudart64_{(major < 12 ? major * 10 : major)}.dll", major < 12 ? $"libcudart.so.{major}.0" : $"libcudart.so.{major}");

    private static string TensorRtName(int major) => Name(major < 10 ? "nvinfer.dll" : $"nvinfer_{major}.dll", $"libnvinfer.so.{major}");

    private static string Name(string windows, string linux) => OperatingSystem.IsWindows() ? windows : linux;

    private static Version? CudaVersion(nint entry)
    {
        int number = 0;
        return ((delegate* unmanaged<int*, int>)entry)(&number) == 0 ? LibraryVersions.OfCuda(number) : null;
    }

    private static Version? First(int wanted, int[] majors, Func<int, string> name, string function, Func<nint, Version?> ask)
    {
        foreach (int major in (int[])[wanted, .. majors.Where(each => each != wanted).OrderDescending()])
        {
            // Not freed: what is found is what ONNX Runtime is about to use.
            if (
                NativeLibrary.TryLoad(name(major), typeof(LibraryProbe).Assembly, searchPath: null, out nint library)
                && NativeLibrary.TryGetExport(library, function, out nint entry)
            )
                return ask(entry);
        }
        return null;
    }
}
