using FasterSeg.Operators.Spaces;
using MathNet.Numerics.LinearAlgebra;

namespace FasterSeg.Search.Client.Predicting;

/// <summary>Chooses which operators to measure next: each time the one about which least is known. What is known of the others does not depend on what the measurement says.</summary>
internal static class NextOperators
{
    /// <summary>So many of the candidates, in the order of choice.</summary>
    /// <param name="predictor">What is known.</param>
    /// <param name="candidates">Operators that were not measured.</param>
    /// <param name="count">How many; all where there are no more.</param>
    public static IReadOnlyList<OperatorSpec> Choose(LatencyPredictor predictor, IReadOnlyList<OperatorSpec> candidates, int count)
    {
        OperatorFeatures[] features = [.. candidates.Select(OperatorFeatures.Of)];
        Vector<double>[] explained = [.. features.Select(each => predictor.Explained(each))];
        double[] variance = [.. features.Select((each, i) => predictor.Covariance(each, each) - explained[i].DotProduct(explained[i]))];
        // Each choice adds a row to the factor: what its measurement explains of the others.
        var rows = new List<double>[features.Length];
        for (int i = 0; i < rows.Length; i++) rows[i] = [];
        var chosen = new List<OperatorSpec>();
        for (int n = 0; n < Math.Min(count, features.Length); n++)
        {
            int next = Array.IndexOf(variance, variance.Max());
            double root = Math.Sqrt(Math.Max(variance[next], 0) + predictor.Kernel.Noise);
            for (int i = 0; i < features.Length; i++)
            {
                if (double.IsNegativeInfinity(variance[i]) || i == next) continue;
                double shared = predictor.Covariance(features[i], features[next]) - explained[i].DotProduct(explained[next]) - rows[i].Zip(rows[next], (a, b) => a * b).Sum();
                rows[i].Add(shared / root);
                variance[i] -= shared / root * (shared / root);
            }
            chosen.Add(candidates[next]);
            variance[next] = double.NegativeInfinity;
        }
        return chosen;
    }
}
