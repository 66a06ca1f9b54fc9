namespace FasterSeg.Latency.Networks;

/// <summary>Which of the two networks that are searched together.</summary>
public enum Role
{
    /// <summary>Full width, pays no latency, teaches.</summary>
    Teacher = 0,

    /// <summary>Searched widths, pays latency, is deployed.</summary>
    Student = 1,
}

/// <summary>How the roles are called.</summary>
public static class RoleNames
{
    /// <summary>The role's word in commands, logs and file names.</summary>
    public static string Name(this Role role) => role == Role.Teacher ? "teacher" : "student";
}
