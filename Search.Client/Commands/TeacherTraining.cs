using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A teacher with its training, for another run: it pays no latency, so that it serves students of every band and
/// device.</summary>
internal static class TeacherTraining
{
    /// <summary>Copies what there is of the teacher.</summary>
    /// <param name="from">Whose teacher it is.</param>
    /// <param name="to">A run without one.</param>
    public static void Copy(RunFolder from, RunFolder to)
    {
        Copy(from.Architecture(Role.Teacher), to.Architecture(Role.Teacher));
        Copy(from.TrainingCheckpoint(Role.Teacher).Path, to.TrainingCheckpoint(Role.Teacher).Path);
        Copy(from.TrainingConfiguration(Role.Teacher), to.TrainingConfiguration(Role.Teacher));
        Copy(from.Shortened(Role.Teacher), to.Shortened(Role.Teacher));
    }

    /// <summary>Copies a file of a run, where it is there.</summary>
    public static void Copy(string from, string to)
    {
        if (!File.Exists(from))
            return;
        UserFile.RequireFile(from);
        AtomicFile.Write(to, stream =>
        {
            using FileStream source = File.OpenRead(from);
            source.CopyTo(stream);
        });
    }
}
