using System.Buffers.Binary;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>Samples as the database keeps them: 32-bit floats, little-endian, which is finer than any clock that took them.</summary>
internal static class SampleBytes
{
    public static byte[] Write(ReadOnlySpan<double> samplesMs)
    {
        byte[] bytes = new byte[samplesMs.Length * sizeof(float)];
        for (int i = 0; i < samplesMs.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), (float)samplesMs[i]);
        return bytes;
    }

    public static double[] Read(byte[]? bytes)
    {
        double[] samples = new double[(bytes?.Length ?? 0) / sizeof(float)];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        return samples;
    }
}
