namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>Why nobody measures for a job, as the end of a sentence.</summary>
internal static class PauseReasons
{
    /// <summary>There is nobody.</summary>
    public const string NobodyIsThere =
        "no device of this pool asks for work: start 'fasterseg-profiler --join URL' on one, or see 'fasterseg fleet devices'";

    /// <summary>Those that are there shall not work.</summary>
    public const string NobodyShall = "the devices that are there are drained or set aside: see 'fasterseg fleet devices'";

    /// <summary>What the reference has to measure first.</summary>
    public static string ReferenceIsAway(IReadOnlyList<string> waiting, string reference) =>
        $"{string.Join(", ", waiting)} cannot measure before it is compared with the reference card '{reference}', which takes no work at "
        + "present: start that one's profiler, or make another device the reference with 'fasterseg fleet reference "
        + $"{waiting[0]}'";

    /// <summary>They were loaded devices whenever they were to be compared, or the reference was one: nothing is known of how they agree.
    /// </summary>
    public static string NotCompared(IReadOnlyList<string> resting, string reference) =>
        $"{string.Join(", ", resting)} could not be compared with the reference card '{reference}' yet, which takes no work at present: "
        + $"start that one's profiler, or make another device the reference with 'fasterseg fleet reference {resting[0]}'; why is in "
        + "'fasterseg fleet devices'";

    /// <summary>All were compared, and none is one of the pool's.</summary>
    public static string NobodyAgrees(string reference) =>
        $"none of the devices that are there agrees with the reference card '{reference}', which takes no work at present: see 'fasterseg "
        + "fleet devices'";
}
