using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>A model made ready for a provider and a precision.</summary>
/// <param name="Onnx">The model to load.</param>
public sealed record GpuModel(byte[] Onnx)
{
    /// <summary>
    /// In fp32 the model stays as it is. TensorRT computes in fp16 by an option; for the CUDA provider the model itself is rewritten. For
    /// int8, convolutions are quantized, with the ranges that their inputs have in a run on the CPU; a model without any stays as it is.
    /// </summary>
    /// <exception cref="UnusableModelException">The model cannot be rewritten; the message says why.</exception>
    public static GpuModel Prepare(byte[] onnx, string provider, string precision, ulong seed, CancellationToken cancellation)
    {
        if (precision == Precisions.Fp32 || (precision == Precisions.Fp16 && provider == ExecutionProviders.TensorRt))
            return new(onnx);
        try
        {
            ModelProto model = ModelProto.Parser.ParseFrom(onnx);
            if (precision == Precisions.Fp16)
                return new(HalfModel.Convert(model).ToByteArray());
            // Nothing of it is computed in int8: at most its maps are, where a network around it is.
            if (!model.Graph.Node.Any(node => node.OpType == "Conv"))
                return new(onnx);
            IReadOnlyDictionary<string, float> ranges = ActivationRanges.Measure(
                model,
                QuantizedModel.Activations(model),
                seed,
                cancellation
            );
            return new(QuantizedModel.Quantize(model, ranges).ToByteArray());
        }
        catch (Exception fault) when (fault is NotSupportedException or InvalidProtocolBufferException)
        {
            throw new UnusableModelException($"The model cannot be rewritten for {precision}: {fault.Message}", fault);
        }
    }
}
