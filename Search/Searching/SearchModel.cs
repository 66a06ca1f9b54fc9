using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>The supernet with the architecture parameters of teacher and student: all that a search trains.</summary>
public sealed class SearchModel : IDisposable
{
    private readonly Parameter[] weights;

    /// <summary>Makes a fresh one; torch's generator draws the weights.</summary>
    /// <param name="space">The space.</param>
    /// <param name="device">Where the tensors shall live.</param>
    /// <param name="type">Of every parameter; float64 is for checking gradients against differences.</param>
    public SearchModel(SearchSpace space, Device device, ScalarType type = ScalarType.Float32)
    {
        Space = space;
        Device = device;
        Supernet = new Supernet(space).to(device).to(type);
        Teacher = new ArchitectureParameters(space, Role.Teacher).to(device).to(type);
        Student = new ArchitectureParameters(space, Role.Student).to(device).to(type);
        weights = [.. Supernet.parameters()];
    }

    /// <summary>The space.</summary>
    public SearchSpace Space { get; }

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; }

    /// <summary>The shared cells, and each role's stem, refinement and heads.</summary>
    public Supernet Supernet { get; }

    /// <summary>The teacher's alpha and beta.</summary>
    public ArchitectureParameters Teacher { get; }

    /// <summary>The student's alpha, beta and gamma.</summary>
    public ArchitectureParameters Student { get; }

    /// <summary>The supernet's weights.</summary>
    public IReadOnlyList<Parameter> Weights => weights;

    /// <summary>All architecture parameters.</summary>
    public IEnumerable<Parameter> ArchitectureParameters => Teacher.parameters().Concat(Student.parameters());

    /// <summary>The parameters of a role.</summary>
    public ArchitectureParameters Of(Role role) => role == Role.Teacher ? Teacher : Student;

    /// <summary>
    /// Keeps gradients from the weights, or lets them through again: in an architecture step they would be computed for
    /// nothing.
    /// </summary>
    public void FreezeWeights(bool frozen)
    {
        foreach (Parameter weight in weights)
            weight.requires_grad = !frozen;
    }

    /// <summary>Writes weights and architecture parameters.</summary>
    public void Save(BinaryWriter writer)
    {
        Supernet.save(writer);
        Teacher.save(writer);
        Student.save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote for the same space.</summary>
    public void Load(BinaryReader reader)
    {
        Supernet.load(reader);
        Teacher.load(reader);
        Student.load(reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Supernet.Dispose();
        Teacher.Dispose();
        Student.Dispose();
    }
}
