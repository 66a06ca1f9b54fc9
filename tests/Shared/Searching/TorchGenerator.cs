using Xunit;

namespace FasterSeg.Tests;

/// <summary>
/// Tests whose result depends on torch's generator, of which a process has one: nothing else may draw from it meanwhile.
/// </summary>
[CollectionDefinition(nameof(TorchGenerator), DisableParallelization = true)]
public sealed class TorchGenerator;
