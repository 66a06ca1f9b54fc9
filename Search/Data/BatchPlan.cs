using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>
/// Which samples every training step sees, and how they are augmented: a pure function of seed, epoch and step. So a run that
/// resumes at a step sees what it would have seen, and no state of a random generator needs to be saved.
/// </summary>
public sealed class BatchPlan
{
    private readonly ISampleSource samples;
    private readonly Augmentation augmentation;
    private readonly int seed;
    private readonly int batch;
    private readonly int first;
    private readonly int made;
    private volatile Shuffle? latest;

    private sealed record Shuffle(int Epoch, int Pass, int[] Order);

    /// <summary>Makes the plan of a training phase.</summary>
    /// <param name="samples">The samples to draw from.</param>
    /// <param name="augmentation">What is done to each.</param>
    /// <param name="seed">Decides order, scales, mirrors and crops.</param>
    /// <param name="batch">Samples in a step.</param>
    /// <param name="stepsPerEpoch">
    /// Steps in an epoch, in as many passes over the samples as that takes; 0 means one pass, without what is left over when
    /// the number of samples is no multiple of <paramref name="batch"/> (another part in each epoch).
    /// </param>
    /// <exception cref="UserErrorException">There is no sample.</exception>
    public BatchPlan(ISampleSource samples, Augmentation augmentation, int seed, int batch, int stepsPerEpoch = 0)
    {
        if (samples.Count < 1)
            throw new UserErrorException("There is no training image.");
        (this.samples, this.augmentation, this.seed, this.batch, made) = (samples, augmentation, seed, batch, batch);
        StepsPerEpoch = stepsPerEpoch > 0 ? stepsPerEpoch : Math.Max(1, samples.Count / batch);
    }

    private BatchPlan(BatchPlan whole, int first, int made)
        : this(whole.samples, whole.augmentation, whole.seed, whole.batch, whole.StepsPerEpoch) => (this.first, this.made) = (first, made);

    /// <summary>The plan that a configuration asks for; <paramref name="steps"/> above 0 are its steps in an epoch instead of the
    /// configuration's.</summary>
    /// <exception cref="UserErrorException">There is no sample.</exception>
    public static BatchPlan From(
        ISampleSource samples,
        DataOptions data,
        PhaseOptions phase,
        int seed,
        int labelStride = 1,
        int steps = 0
    ) => new(samples, Augmentation.From(data, phase, labelStride), seed, phase.Batch, steps > 0 ? steps : phase.StepsPerEpoch);

    /// <summary>The same steps for somebody who makes an equal part of each batch; the names stay those of all its samples.</summary>
    /// <param name="part">Which part, from 0.</param>
    /// <param name="parts">How many there are; they divide the batch.</param>
    public BatchPlan Slice(int part, int parts) => new(this, part * (batch / parts), batch / parts);

    /// <summary>Steps in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The step after another.</summary>
    public BatchPosition After(BatchPosition position) =>
        position.Step + 1 < StepsPerEpoch ? position with { Step = position.Step + 1 } : new BatchPosition(position.Epoch + 1, 0);

    /// <summary>Decodes and augments the samples of a step. Safe to call from several threads.</summary>
    /// <exception cref="UserErrorException">A file is unusable; the message names it.</exception>
    public Batch Make(BatchPosition position, CancellationToken cancellation = default)
    {
        float[] images = new float[made * augmentation.ImageLength];
        byte[] labels = new byte[made * augmentation.LabelLength];
        string[] names = new string[batch];
        for (int n = 0; n < batch; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            int place = position.Step * batch + n;
            int index = SampleAt(position.Epoch, place),
                at = n - first;
            if (at < 0 || at >= made)
            {
                names[n] = samples.NameOf(index);
                continue;
            }
            Sample sample = samples.Load(index);
            names[n] = sample.Name;
            augmentation.Apply(
                sample,
                new StableRandom(seed, position.Epoch, place),
                images.AsSpan(at * augmentation.ImageLength, augmentation.ImageLength),
                labels.AsSpan(at * augmentation.LabelLength, augmentation.LabelLength)
            );
        }
        int stride = augmentation.LabelStride;
        return new Batch(
            position,
            names,
            images,
            [made, Normalization.Channels, augmentation.CropHeight, augmentation.CropWidth],
            labels,
            [made, augmentation.CropHeight / stride, augmentation.CropWidth / stride]
        );
    }

    /// <summary>The sample at a place of an epoch: each pass over the samples has an order of its own.</summary>
    private int SampleAt(int epoch, int place)
    {
        int pass = place / samples.Count;
        Shuffle? shuffle = latest;
        if (shuffle is null || shuffle.Epoch != epoch || shuffle.Pass != pass)
            latest = shuffle = new Shuffle(epoch, pass, new StableRandom(seed, epoch, pass, samples.Count).Permutation(samples.Count));
        return shuffle.Order[place % samples.Count];
    }
}
