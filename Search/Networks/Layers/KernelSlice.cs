using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// The narrower kernel within a superkernel. Autograd's gradient of a slice is a whole superkernel of zeros around the slice's own, for
/// each side that is cut, and then a sum over all of it. Where a caller only wants gradients to add up in the weights, the slice can be a
/// leaf whose gradient is the slice of the superkernel's: nothing but the slice is touched then.
/// </summary>
public static class KernelSlice
{
    [ThreadStatic]
    private static int adding;

    /// <summary>
    /// Until it is disposed, slices that this thread takes have their gradients added straight into their superkernels' by the next
    /// backward pass. That pass must neither create a graph nor return gradients instead of leaving them (<c>autograd.grad</c>).
    /// </summary>
    public static IDisposable AddGradientsInPlace() => new Adding();

    /// <summary>The first channels of a superkernel.</summary>
    /// <param name="weight">[out, in, kernel, kernel].</param>
    /// <param name="outChannels">Output channels to take.</param>
    /// <param name="inChannels">Input channels to take.</param>
    /// <returns>[<paramref name="outChannels"/>, <paramref name="inChannels"/>, kernel, kernel], in the superkernel's memory.</returns>
    public static Tensor Of(Parameter weight, long outChannels, long inChannels)
    {
        if (adding == 0 || !weight.requires_grad || !is_grad_enabled())
            return Cut(weight);
        using IDisposable noGradient = no_grad();
        using Tensor alias = weight.detach();
        Tensor slice = Cut(alias);
        slice.requires_grad = true;
        Tensor? whole = weight.grad;
        if (whole is null)
            weight.grad = whole = zeros_like(weight);
        using (whole)
        using (Tensor part = Cut(whole))
            slice.grad = part;
        return slice;

        Tensor Cut(Tensor superkernel)
        {
            using Tensor rows = superkernel.narrow(0, 0, outChannels);
            return rows.narrow(1, 0, inChannels);
        }
    }

    private sealed class Adding : IDisposable
    {
        private bool over;

        public Adding() => adding++;

        public void Dispose()
        {
            if (!over)
                adding--;
            over = true;
        }
    }
}
