using FasterSeg.Latency.Spaces;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Client.Mapping;

/// <summary>Search spaces to and from the wire.</summary>
public static class SpaceMapping
{
    /// <summary>Reads a space; tells of every rule that it breaks.</summary>
    /// <param name="message">The message; none is a fault, too.</param>
    /// <param name="fault">Told each fault in a sentence.</param>
    /// <returns>The space; of use only if no fault was told.</returns>
    public static SearchSpace Read(Proto.SearchSpace? message, Action<string> fault)
    {
        if (message is null)
        {
            fault("The search space is missing: say which one to measure.");
            return SearchSpace.Paper();
        }
        var space = new SearchSpace(
            message.Height,
            message.Width,
            message.Fch,
            [.. message.WidthRatios],
            message.Layers,
            message.Classes,
            message.TeacherStemRatio,
            message.TeacherHeadRatio,
            message.StudentStemRatio,
            message.StudentHeadRatio
        );
        foreach (string sentence in space.Validate())
            fault(sentence);
        return space;
    }

    /// <summary>The space as a message.</summary>
    public static Proto.SearchSpace ToMessage(this SearchSpace space) =>
        new()
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
