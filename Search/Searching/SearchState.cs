using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>What a search changes from step to step, and its checkpoint holds: the model, its optimizers, how far it has come, and torch's
/// generator.</summary>
internal sealed class SearchState : IDisposable
{
    private readonly FasterSegOptions options;
    private readonly ClippedDescent pretrainDescent,
        weightDescent;
    private readonly OptimizerHelper architectureOptimizer;

    /// <summary>The state before the first step; the configuration's seed draws the weights.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="latencyWeight">Of the first epoch.</param>
    public SearchState(FasterSegOptions options, Device device, double latencyWeight)
    {
        this.options = options;
        manual_seed(options.Seed);
        Model = new SearchModel(options.Space.ToSpace(), device);
        pretrainDescent = new ClippedDescent(Model.Weights, options.Pretrain);
        weightDescent = new ClippedDescent(Model.Weights, options.Searching);
        architectureOptimizer = optim.Adam(Model.ArchitectureParameters, options.Searching.ArchitectureLearningRate, 0.5, 0.999);
        Progress = new SearchProgress(default, default, latencyWeight);
    }

    /// <summary>Supernet, alpha, beta and gamma.</summary>
    public SearchModel Model { get; }

    /// <summary>The next steps, and the latency's weight.</summary>
    public SearchProgress Progress { get; set; }

    /// <summary>
    /// Takes the weights' gradients away instead of filling them with 0, as an optimizer's own method does here: with a gradient of 0,
    /// decay and momentum would go on moving what a step does not use, such as the other role's stem.
    /// </summary>
    public void ClearWeightGradients() => Model.Supernet.zero_grad(set_to_none: true);

    /// <summary>Fills the gradients of alpha, beta and gamma with 0.</summary>
    public void ClearArchitectureGradients() => architectureOptimizer.zero_grad();

    /// <summary>Moves the weights in the pretraining.</summary>
    /// <returns>The norm of their gradient, before it was clipped.</returns>
    public double MovePretrainedWeights(double rate) => pretrainDescent.Step(rate);

    /// <summary>Moves the weights in the search.</summary>
    /// <returns>The norm of their gradient, before it was clipped.</returns>
    public double MoveWeights(double rate) => weightDescent.Step(rate);

    /// <summary>Moves alpha, beta and gamma.</summary>
    /// <returns>The norm of their gradient; it is not clipped.</returns>
    public double MoveArchitecture()
    {
        double norm = GradientNorm.Clip(Model.ArchitectureParameters, largest: 0);
        architectureOptimizer.step();
        return norm;
    }

    /// <summary>Writes all of it.</summary>
    public void Save(CheckpointFile file) =>
        file.Write(writer =>
        {
            Progress.Write(writer, options.Searching.Controller);
            Model.Save(writer);
            foreach (var optimizer in Optimizers(Progress))
                optimizer.save_state_dict(writer);
            using Tensor random = get_rng_state();
            TensorExtensionMethods.Save(random, writer);
        });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="Latency.UserErrorException">It is damaged, or of another space.</exception>
    public void Load(CheckpointFile file) =>
        Progress = file.Read(reader =>
        {
            SearchProgress at = SearchProgress.Read(reader, options.Searching.Controller);
            Model.Load(reader);
            foreach (var optimizer in Optimizers(at))
                optimizer.load_state_dict(reader);
            // An optimizer's state brings its old rate along; what the configuration says now counts, as it does for the weights at each
            // step.
            foreach (var group in architectureOptimizer.ParamGroups)
                group.LearningRate = options.Searching.ArchitectureLearningRate;
            set_rng_state(TensorExtensionMethods.Load(reader));
            return at;
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        pretrainDescent.Dispose();
        weightDescent.Dispose();
        architectureOptimizer.Dispose();
        Model.Dispose();
    }

    /// <summary>Those that have a state: each holds as much as the weights, and the other phase's is over or has not begun.</summary>
    private OptimizerHelper[] Optimizers(SearchProgress at) =>
        at.Pretrain.Epoch < options.Pretrain.Epochs ? [pretrainDescent.Optimizer] : [weightDescent.Optimizer, architectureOptimizer];
}
