using FasterSeg.EndToEnd.Tests;
using Xunit;
using Xunit.v3;

// These tests wait: for processes that start, and for leases, nodes and profilers that are given up. On two cores, which is what xunit
// would count, two that wait leave both idle. What they start computes in one thread each.
[assembly: Parallelization(MaxThreads = 4)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
