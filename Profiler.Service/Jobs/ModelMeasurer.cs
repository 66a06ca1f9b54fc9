using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures an uploaded network, in as many sessions as an operator gets, and proves where its nodes ran. To be called on the
/// device thread.</summary>
public sealed class ModelMeasurer(IEngine engine, TimeProvider time) : IModelMeasurer
{
    private readonly MeasuringProtocol protocol = new(engine.Timer, time, engine.Caches);

    /// <inheritdoc/>
    public ModelSessions Measure(
        UploadedModel model,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        byte[] onnx = Prepare(model);
        try
        {
            TableIdentity? identity = null;
            var sessionsMs = new List<ReadOnlyMemory<double>>();
            int disturbed = 0;
            double buildMs = 0,
                spentMs = 0;
            do
            {
                using IModelSession session = engine.Open(onnx, settings, cancellation);
                if (askedBatch != 0 && askedBatch != session.BatchSize)
                    throw new ModelRefusedException(
                        RefusedPart.BatchSize,
                        $"The model is made for a batch of {session.BatchSize}, not {askedBatch}: export it with the batch to "
                            + "measure, or leave the option at 0."
                    );
                // Later sessions may find caches that the first one filled.
                buildMs = Math.Max(buildMs, session.BuildMs);
                identity ??= engine.Identity(settings with { BatchSize = session.BatchSize });
                SamplingResult sampled = protocol.Measure(session, settings, cancellation);
                sessionsMs.Add(sampled.SamplesMs);
                disturbed += sampled.Disturbed;
                foreach (double sample in sampled.SamplesMs.Span)
                    spentMs += sample;
            }
            // Where even the fewest samples of a session take longer than its share of the cap, all sessions together keep to the cap and
            // not each to its number.
            while (spentMs < 1000 * settings.MostSeconds && SessionPool.NeedsMore(sessionsMs, settings));
            MeasuredLatency joined = SessionPool.Join(sessionsMs, disturbed, settings);
            Placement placement = engine.Placement(onnx, settings, cancellation);
            return new(new(joined.MedianMs, joined.Spread, joined.Noisy, placement, buildMs, identity), withSamples ? sessionsMs : []);
        }
        catch (UnusableModelException fault)
        {
            throw new ModelRefusedException(RefusedPart.Model, fault.Message, fault);
        }
    }

    private static byte[] Prepare(UploadedModel model)
    {
        try
        {
            return OnnxUpload.Prepare(model.ToArray(), model.Shapes);
        }
        catch (UnusableModelException fault)
        {
            throw new ModelRefusedException(RefusedPart.File, fault.Message, fault);
        }
    }
}
