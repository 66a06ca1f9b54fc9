namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Measures an uploaded network and proves where its nodes ran. To be called on the device thread.</summary>
public interface IModelMeasurer
{
    /// <summary>Measures the model.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="askedBatch">Images in a batch that the caller expects; 0 takes the model's own.</param>
    /// <param name="settings">How to measure.</param>
    /// <param name="withSamples">Whether to answer with the raw samples too.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="ModelRefusedException">The model cannot be measured, and why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ModelSessions Measure(
        UploadedModel model,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    );
}
