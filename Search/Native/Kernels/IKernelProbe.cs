namespace FasterSeg.Search.Native.Kernels;

/// <summary>Checks kernels where nothing has been loaded yet.</summary>
internal interface IKernelProbe
{
    /// <summary>Loads libtorch with some kernels and checks them.</summary>
    /// <param name="kernels">Which.</param>
    /// <param name="threads">CPU threads of an operation; 0 leaves torch's default.</param>
    /// <returns>What was found, that a kernel crashed too; null where it came to no answer: the check was ended, or could not be
    /// started.</returns>
    KernelReading? Read(TorchKernels kernels, int threads);
}
