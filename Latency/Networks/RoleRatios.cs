using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>The widths that a role does not search.</summary>
public static class RoleRatios
{
    /// <summary>Width ratio of the role's stem.</summary>
    public static double StemRatio(this SearchSpace space, Role role) =>
        role == Role.Teacher ? space.TeacherStemRatio : space.StudentStemRatio;

    /// <summary>Width ratio of the role's last maps, refinements and heads.</summary>
    public static double HeadRatio(this SearchSpace space, Role role) =>
        role == Role.Teacher ? space.TeacherHeadRatio : space.StudentHeadRatio;
}
