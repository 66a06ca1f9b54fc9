using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>Measures the network of a model stint, as MeasureModel does.</summary>
internal sealed class ModelStintMeasurer(
    IEngine engine,
    IModelMeasurer models,
    DeviceBudget budget,
    OptionsReader optionsReader,
    ILogger<ModelStintMeasurer> logger
)
{
    /// <summary>Measures.</summary>
    /// <param name="stint">What was asked for.</param>
    /// <param name="model">The file.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ModelResult> MeasureAsync(ModelStint stint, UploadedModel model, CancellationToken cancellation)
    {
        MeasureModelOptions asked = stint.Options ?? new();
        MeasurementOptions options = asked.Measurement ?? new();
        var faults = new RequestFaults();
        MeasurementSettings settings = optionsReader.Read(options, "options.measurement", MeasurementSettings.DefaultModelSeconds, faults);
        if (faults.HasAny)
            return Refused(stint, faults.FirstField, faults.Sentence);
        logger.LogInformation("Measures the model '{Name}' of {Bytes} bytes for the fleet", LogText.Of(asked.Name), model.Length);
        try
        {
            ModelSessions sessions = await DeviceWorker.PatientlyAsync(
                () =>
                    budget.RunAsync(
                        StintMeasurer.Client,
                        token => models.Measure(model, options.BatchSize, settings, asked.WithSamples, token),
                        cancellation
                    ),
                cancellation
            );
            MeasureModelResponse response = sessions.ToMessage(engine);
            if (response.CalculateSize() > StintMeasurer.MostBytes)
                response.Samples.Clear();
            return new()
            {
                Lease = stint.Lease,
                JobId = stint.JobId,
                Position = stint.Position,
                Response = response,
            };
        }
        catch (ModelRefusedException refused)
        {
            return Refused(stint, ModelUpload.FieldOf(refused, "options.measurement"), refused.Message);
        }
    }

    /// <summary>The answer where the model cannot be measured.</summary>
    public static ModelResult Refused(ModelStint stint, string field, string sentence) =>
        new()
        {
            Lease = stint.Lease,
            JobId = stint.JobId,
            Position = stint.Position,
            Refusal = new() { Field = field, Sentence = sentence },
        };
}
