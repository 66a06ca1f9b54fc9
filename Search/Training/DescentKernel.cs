using System.Numerics;

namespace FasterSeg.Search.Training;

/// <summary>The arithmetic of <see cref="ClippedDescent"/> on plain float32 memory.</summary>
internal static unsafe class DescentKernel
{
    /// <summary>Sum of squares, in double.</summary>
    /// <param name="values">The first of them.</param>
    /// <param name="count">How many.</param>
    public static double SumOfSquares(float* values, int count)
    {
        Vector<double> low = Vector<double>.Zero,
            high = Vector<double>.Zero;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(values + i), out Vector<double> first, out Vector<double> second);
            low += first * first;
            high += second * second;
        }
        double sum = Vector.Sum(low + high);
        for (; i < count; i++)
            sum += (double)values[i] * values[i];
        return sum;
    }

    /// <summary>One step of some weights; what is read is read once, and nothing lies between.</summary>
    /// <param name="weight">The weights, which move.</param>
    /// <param name="gradient">Their gradient, which stays as it is.</param>
    /// <param name="momentum">Their momentum, which moves; null without one.</param>
    /// <param name="count">How many.</param>
    /// <param name="fresh">The momentum holds nothing yet and becomes the gradient.</param>
    /// <param name="by">The step's numbers.</param>
    public static void Move(float* weight, float* gradient, float* momentum, int count, bool fresh, in DescentNumbers by)
    {
        var clip = new Vector<float>(by.Clip);
        var decay = new Vector<float>(by.Decay);
        // A first momentum is the gradient itself, without dampening, as in torch.
        float kept = fresh ? 0 : by.Momentum,
            taken = fresh ? 1 : 1 - by.Dampening;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> w = Vector.Load(weight + i);
            Vector<float> g = (Vector.Load(gradient + i) * clip) + (w * decay);
            if (momentum is not null)
            {
                if (!fresh)
                    g = (Vector.Load(momentum + i) * kept) + (g * taken);
                g.Store(momentum + i);
            }
            (w - (g * by.Rate)).Store(weight + i);
        }
        for (; i < count; i++)
        {
            float g = (gradient[i] * by.Clip) + (weight[i] * by.Decay);
            if (momentum is not null)
                momentum[i] = g = fresh ? g : (momentum[i] * kept) + (g * taken);
            weight[i] -= g * by.Rate;
        }
    }
}

/// <summary>The numbers of one step of gradient descent.</summary>
/// <param name="Clip">What clipping leaves of a gradient.</param>
/// <param name="Decay">Weight decay.</param>
/// <param name="Momentum">What stays of the momentum.</param>
/// <param name="Dampening">What does not get into it.</param>
/// <param name="Rate">The learning rate.</param>
internal readonly record struct DescentNumbers(float Clip, float Decay, float Momentum, float Dampening, float Rate);
