using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>oneShot</c>: the training of the shared weights, one network at a time, and the search by them.</summary>
public sealed class OneShotOptions : PhaseOptions
{
    /// <summary>Makes the defaults.</summary>
    public OneShotOptions()
    {
        Epochs = 20;
        Batch = 6;
        LearningRate = 0.03;
        PolyPower = 0.9;
    }

    /// <summary>Networks that a step trains on its batch, one after the other; their gradients are summed.</summary>
    [Unit("networks")]
    public int Paths { get; set; } = 4;

    /// <summary>With true a step's first network has all maps at their widest, and its second all at their narrowest (slimmable networks'
    /// sandwich rule).</summary>
    public bool Sandwich { get; set; }

    /// <summary>Weight of the KL divergence from a step's first network, for the others of the step (in-place distillation); 0 is
    /// without.</summary>
    public double InPlaceDistillation { get; set; }

    /// <summary>The loss is taken at every so many pixels of a crop.</summary>
    public int LabelDownSampling { get; set; } = 8;

    /// <summary>Supernets that are trained one after the other, each from another seed; a network's score is its mean over them.</summary>
    [Unit("supernets")]
    public int Supernets { get; set; } = 1;

    /// <summary>Checkpoints of a supernet's weights that scores are averaged over, spread evenly over the last part of its training, the
    /// last at its end; 1 scores by its last weights alone.</summary>
    [Unit("snapshots")]
    public int Snapshots { get; set; } = 1;

    /// <summary>How long that last part is: a share of the training's steps.</summary>
    public double SnapshotShare { get; set; } = 0.5;

    /// <summary>What is averaged over the snapshots of a supernet.</summary>
    public SnapshotAveraging SnapshotAveraging { get; set; }

    /// <summary>Share of the training images that trains no weights and scores networks instead.</summary>
    public double HeldOut { get; set; } = 0.2;

    /// <summary>Batches from which a network's batch norms are taken anew before it is scored.</summary>
    [Unit("batches")]
    public int CalibrationBatches { get; set; } = 6;

    /// <summary>Steps by which the best networks are each trained on from the shared weights, and ordered anew by what they make of them; 0
    /// leaves the order that the shared weights give.</summary>
    [Unit("steps")]
    public int AdaptationSteps { get; set; } = 200;

    /// <summary>How many of the best. With <see cref="AdaptedDescendants"/> half of them are the best of those that were drawn at random,
    /// as descendants of few are much alike.</summary>
    [Unit("networks")]
    public int AdaptedNetworks { get; set; } = 24;

    /// <summary>Networks that descend from the best of these, by what steps of their own made of them, and get such steps, too.</summary>
    [Unit("networks")]
    public int AdaptedDescendants { get; set; }

    /// <summary>With 2, the best quarter of them begin once more and have four times as many steps; with 3, the best quarter of these
    /// sixteen times as many; and so on.</summary>
    public int AdaptationRungs { get; set; } = 1;

    /// <summary>Learning rate of the first of these steps; it falls evenly to 0.</summary>
    public double AdaptationRate { get; set; } = 0.05;

    /// <summary>Networks that are scored in all; those outside the band cost nothing.</summary>
    [Unit("networks")]
    public int Networks { get; set; } = 400;

    /// <summary>Of them, so many are random; the others descend from the best ones.</summary>
    [Unit("networks")]
    public int Population { get; set; } = 100;

    /// <summary>The best networks so far that have descendants.</summary>
    [Unit("networks")]
    public int Parents { get; set; } = 20;

    /// <summary>Probability with which a descendant's operator, width or layer at which a branch goes down is drawn anew.</summary>
    public double Mutation { get; set; } = 0.1;
}
