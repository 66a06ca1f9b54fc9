using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>What every training phase has: its length, its batches and the weights' optimizer (SGD with momentum).</summary>
public class PhaseOptions
{
    /// <summary>Number of epochs; 0 leaves the phase out where it may be left out.</summary>
    [Unit("epochs")]
    public int Epochs { get; set; }

    /// <summary>Steps in an epoch; 0 means one pass over the images.</summary>
    [Unit("steps")]
    public int StepsPerEpoch { get; set; }

    /// <summary>Images in a step.</summary>
    [Unit("images")]
    public int Batch { get; set; } = 2;

    /// <summary>Rows of a training crop, a multiple of 32.</summary>
    [Unit("pixels")]
    public int CropHeight { get; set; } = 224;

    /// <summary>Columns of a training crop, a multiple of 32.</summary>
    [Unit("pixels")]
    public int CropWidth { get; set; } = 448;

    /// <summary>Images and labels are divided by this before cropping (2 in the paper's search).</summary>
    public int DownSampling { get; set; } = 1;

    /// <summary>Learning rate of the first epoch.</summary>
    public double LearningRate { get; set; } = 0.01;

    /// <summary>Factor on the learning rate after each epoch; with it, or with <see cref="PolyPower"/> where that is above 0.</summary>
    public double LearningRateDecay { get; set; } = 1;

    /// <summary>Where above 0: learning rate x (1 - step / steps)^power instead of the decay by epochs.</summary>
    public double PolyPower { get; set; }

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; set; } = 0.9;

    /// <summary>Weight decay of SGD.</summary>
    public double WeightDecay { get; set; } = 5e-4;

    /// <summary>Largest norm of the weights' gradient; 0 does not clip.</summary>
    public double GradientClip { get; set; } = 5;

    /// <summary>A pixel whose true class has a probability above this is easy and does not count in the loss; 1 counts every
    /// pixel.</summary>
    public double HardThreshold { get; set; } = 0.7;

    /// <summary>At least this share of the label's pixels counts, the hardest ones (1/16 in the released code).</summary>
    public double HardShare { get; set; } = 1.0 / 16;

    /// <summary>
    /// A step's batch goes through the network in so many equal parts, one after the other, to fit the memory; their gradients' mean is
    /// taken. Batch norms and the hard pixels are those of a part.
    /// </summary>
    [Unit("parts")]
    public int Accumulation { get; set; } = 1;

    /// <summary>A checkpoint is written every so many steps, and at the end of each epoch.</summary>
    [Unit("steps")]
    public int CheckpointSteps { get; set; } = 200;
}
