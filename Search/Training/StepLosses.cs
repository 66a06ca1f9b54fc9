namespace FasterSeg.Search.Training;

/// <summary>What a step's batch lost: means over its parts.</summary>
/// <param name="Loss">All of it.</param>
/// <param name="Distillation">The divergence from the teacher in it, without its weight.</param>
internal readonly record struct StepLosses(double Loss, double Distillation)
{
    /// <summary>The losses of two parts of a batch, each its share of the whole already.</summary>
    public static StepLosses operator +(StepLosses one, StepLosses other) =>
        new(one.Loss + other.Loss, one.Distillation + other.Distillation);
}
