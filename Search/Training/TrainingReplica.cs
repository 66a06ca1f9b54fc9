using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>A network with its teacher on one device, which computes the gradient of a batch or of a slice of it: hard-pixel cross-entropy
/// on the network's logits and, with a small weight, on its auxiliary heads, and the divergence from the teacher.</summary>
/// <param name="network">What is trained.</param>
/// <param name="teacher">In evaluation mode; null trains without distillation.</param>
/// <param name="device">Where both live.</param>
/// <param name="training">The configuration.</param>
/// <param name="replicas">How many there are: a slice's loss counts as this share of the batch's.</param>
internal sealed class TrainingReplica(
    DerivedNetwork network,
    DerivedNetwork? teacher,
    Device device,
    TrainingOptions training,
    int replicas = 1
)
{
    /// <summary>What is trained.</summary>
    public DerivedNetwork Network { get; } = network;

    /// <summary>What it learns from.</summary>
    public DerivedNetwork? Teacher { get; } = teacher;

    /// <summary>Where both live.</summary>
    public Device Device { get; } = device;

    /// <summary>Adds the gradients of a slice to those that the network has, part by part.</summary>
    /// <param name="images">[N, 3, H, W], on the device.</param>
    /// <param name="labels">[N, h, w], int64.</param>
    /// <returns>The slice's share of the batch's losses.</returns>
    public StepLosses Backward(Tensor images, Tensor labels)
    {
        int parts = training.Accumulation;
        long size = images.shape[0] / parts;
        StepLosses sum = default;
        for (int part = 0; part < parts; part++)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor loss =
                Loss(images.narrow(0, part * size, size), labels.narrow(0, part * size, size), out double distillation)
                / (parts * replicas);
            loss.backward();
            sum += new StepLosses(loss.ToDouble(), distillation / (parts * replicas));
        }
        return sum;
    }

    private Tensor Loss(Tensor images, Tensor labels, out double distillation)
    {
        OhemCrossEntropy criterion = OhemCrossEntropy.For(training, labels);
        TrainingLogits logits = Network.ForwardWithAuxiliary(images);
        Tensor main = ToLabelSize(logits.Main, labels);
        Tensor loss = criterion.Loss(main, labels);
        if (training.AuxiliaryWeight > 0)
        {
            loss =
                loss
                + (
                    training.AuxiliaryWeight
                    * (criterion.Loss(ToLabelSize(logits.At16, labels), labels) + criterion.Loss(ToLabelSize(logits.At32, labels), labels))
                );
        }
        distillation = 0;
        if (Teacher is null)
            return loss;

        Tensor target;
        using (no_grad())
            target = ToLabelSize(Teacher.forward(images), labels).log_softmax(1);
        // KL(teacher || student), the mean over every element (N * C * H * W) as in the released code.
        Tensor divergence = (target.exp() * (target - main.log_softmax(1))).mean();
        distillation = divergence.ToDouble();
        return loss + (training.DistillationWeight * divergence);
    }

    private static Tensor ToLabelSize(Tensor logits, Tensor labels) =>
        Networks.Layers.Bilinear.Resize(logits, labels.shape[1], labels.shape[2]);
}
