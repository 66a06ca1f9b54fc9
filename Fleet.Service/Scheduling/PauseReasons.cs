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
    public static string ReferenceIsAway(IEnumerable<string> waiting, string reference) =>
        $"{string.Join(", ", waiting)} cannot measure before it is compared with the reference card '{reference}', which takes no work at "
        + "present: start that one's profiler, or make another device the reference with 'fasterseg fleet reference ID'";

    /// <summary>They are compared on a table's operators, and there is no table.</summary>
    public static string NobodyAgrees(string reference) =>
        $"none of the devices that are there agrees with the reference card '{reference}', which takes no work at present: see 'fasterseg "
        + "fleet devices'";
}
