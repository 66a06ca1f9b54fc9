using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>training</c>: that of a derived network. Defaults are the released code's.</summary>
public sealed class TrainingOptions : PhaseOptions
{
    /// <summary>Makes the defaults of the released code.</summary>
    public TrainingOptions()
    {
        Epochs = 600;
        StepsPerEpoch = 1000;
        Batch = 12;
        CropHeight = 512;
        CropWidth = 1024;
        LearningRateDecay = 0.992;
        GradientClip = 0;
    }

    /// <summary>The weights that the student's training begins with. Shared weights are those of a one-shot search, of its first supernet;
    /// a teacher's are drawn.</summary>
    public TrainingStart Start { get; set; }

    /// <summary>Weight of each auxiliary head's loss (16s and 32s).</summary>
    public double AuxiliaryWeight { get; set; } = 0.2;

    /// <summary>The loss is taken at 1/LabelDownSampling of the crop's size (1 in the released code).</summary>
    public int LabelDownSampling { get; set; } = 1;

    /// <summary>How often, spread evenly over the epochs, the network is tried on validation images; 0 is never. The weights stay the
    /// same.</summary>
    [Unit("times")]
    public int Validations { get; set; } = 20;

    /// <summary>Validation images of such a trial, spread evenly over all of them; 0 takes all.</summary>
    [Unit("images")]
    public int ValidationImages { get; set; } = 50;

    /// <summary>Weight of the KL divergence from the teacher; 0 trains the student without a teacher.</summary>
    public double DistillationWeight { get; set; } = 1;
}
