using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Checking;

/// <summary>A data set, looked at sample by sample.</summary>
/// <param name="Train">Training samples.</param>
/// <param name="Validation">Validation samples.</param>
/// <param name="Test">Images without labels; null where there are none, or nobody looked.</param>
public sealed record DatasetCheck(SplitCheck Train, SplitCheck Validation, SplitCheck? Test)
{
    /// <summary>Looks at every sample, on all cores.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="pictures">Decode every picture too; else labels only, and pictures' sizes.</param>
    /// <param name="reporter">Takes the progress.</param>
    /// <param name="cancellation">Stops it.</param>
    public static DatasetCheck Of(SegmentationDataset data, bool pictures, IProgressReporter reporter, CancellationToken cancellation)
    {
        return new DatasetCheck(
            Look("train", data.Train),
            Look("val", data.Validation),
            pictures && data.Test is { } test ? Look("test", test) : null
        );

        SplitCheck Look(string name, ISampleSource samples)
        {
            var found = new SampleExamination[samples.Count];
            int done = 0;
            Parallel.For(
                0,
                found.Length,
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    found[i] = samples.Examine(i, data.Classes.Count, pictures);
                    reporter.Report($"check {name}", Interlocked.Increment(ref done), found.Length);
                }
            );
            return SplitCheck.Of(name, data.Classes.Count, found);
        }
    }
}
