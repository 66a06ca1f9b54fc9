namespace FasterSeg.Search.Sweeps;

/// <summary>The parts of a chain, in their order. Each is a command of this program, in a process of its own.</summary>
public enum SweepStage
{
    /// <summary><c>search</c>: a teacher and a student.</summary>
    Search,

    /// <summary><c>train --role teacher</c>.</summary>
    Teacher,

    /// <summary><c>train --role student</c>.</summary>
    Student,

    /// <summary><c>eval --role student</c>, on the validation images.</summary>
    Eval,

    /// <summary><c>export --role student</c>, as ONNX.</summary>
    Export,

    /// <summary><c>report --measure</c>: both networks measured whole, and the run's page.</summary>
    Measure,
}
