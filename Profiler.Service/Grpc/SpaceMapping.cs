using FasterSeg.Operators.Spaces;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Search spaces to and from the wire.</summary>
public static class SpaceMapping
{
    /// <summary>Reads a space; notes every rule that it breaks.</summary>
    /// <returns>The space; of use only if no fault was noted.</returns>
    public static SearchSpace Read(Proto.SearchSpace? message, string field, RequestFaults faults)
    {
        if (message is null)
        {
            faults.Add(field, "The search space is missing: say which one to measure.");
            return SearchSpace.Paper();
        }
        var space = new SearchSpace(message.Height, message.Width, message.Fch, [.. message.WidthRatios], message.Layers, message.Classes,
            message.TeacherStemRatio, message.TeacherHeadRatio, message.StudentStemRatio, message.StudentHeadRatio);
        foreach (string sentence in space.Validate()) faults.Add(field, sentence);
        return space;
    }

    /// <summary>The space as a message.</summary>
    public static Proto.SearchSpace ToMessage(this SearchSpace space) => new()
    {
        Height = space.Height,
        Width = space.Width,
        Fch = space.Fch,
        WidthRatios = { space.WidthRatios },
        Layers = space.Layers,
        Classes = space.Classes,
        TeacherStemRatio = space.TeacherStemRatio,
        TeacherHeadRatio = space.TeacherHeadRatio,
        StudentStemRatio = space.StudentStemRatio,
        StudentHeadRatio = space.StudentHeadRatio,
    };
}
