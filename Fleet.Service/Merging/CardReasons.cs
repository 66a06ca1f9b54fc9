using FasterSeg.Latency.Spaces;
using static System.FormattableString;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>Why a card is refused, or not clear yet, in a sentence for people.</summary>
internal static class CardReasons
{
    private const string Remedy = "so let both cards do nothing else meanwhile, or measure in more sessions.";

    private const string Load = "It cannot be compared at present: ";

    /// <summary>It was never in quiet.</summary>
    /// <param name="times">How often it was to be compared.</param>
    /// <param name="loaded">Why it was a loaded device the last time.</param>
    public static string Loaded(int times, string loaded) =>
        $"{Load}it was a loaded device each of {times} times, the last time {loaded.TrimEnd('.')}. It is compared again in an hour.";

    /// <summary>The reference was not in quiet.</summary>
    public static string LoadedReference(string reference) =>
        $"{Load}the reference {reference} was a loaded device when it measured most of the operators. It is compared again in an hour.";

    /// <summary>Whether a reason is one of a load, which passes, and says nothing of the card.</summary>
    public static bool IsOfLoad(string reason) => reason.StartsWith(Load, StringComparison.Ordinal);

    /// <summary>It cannot do what the reference can.</summary>
    public static string Failures(IReadOnlyList<OperatorSpec> failed) =>
        $"It failed at {failed.Count} operators that the reference can do, the first is '{failed[0]}'.";

    /// <summary>There is too little to compare.</summary>
    public static string TooFew(int compared, int measured, IReadOnlyList<OperatorSpec> failed) =>
        $"Of {measured} operators only {compared} could be compared with the reference: the others failed, or were measured while "
        + "a card was not in its usual state"
        + (failed.Count > 0 ? $", as '{failed[0]}', which fails on this card only." : ".");

    /// <summary>It is another device altogether.</summary>
    public static string Factor(double factor) =>
        Invariant($"It takes {factor:0.00} times as long as the reference throughout, which is no difference between cards of one kind: ")
        + "see to its clocks, its power limit and what else runs there.";

    /// <summary>Kinds of operators have factors of their own.</summary>
    public static string Kinds(IEnumerable<KindDeviation> kinds)
    {
        string[] words =
        [
            .. kinds
                .OrderByDescending(kind => Math.Abs(kind.Log))
                .Select(kind =>
                    Invariant($"{OperatorKey.NameOf(kind.Kind)} {Math.Abs(100 * (Math.Exp(kind.Log) - 1)):0.0} %")
                    + (kind.Log > 0 ? " slower" : " faster")
                ),
        ];
        return $"Beside the reference its kinds of operators disagree: {string.Join(", ", words)} than its other operators let expect.";
    }

    /// <summary>Its operators have factors of their own.</summary>
    public static string Scatter(double scatter) =>
        Invariant($"Beside the reference its operators scatter by {100 * scatter:0.0} % beyond what their measurements are unsure of, ")
        + Invariant($"and {100 * CardComparison.AllowedScatter:0.#} % is allowed.");

    /// <summary>Nothing is said yet.</summary>
    public static string Doubt(int measured) =>
        $"{measured} operators do not make clear yet whether it agrees with the reference: further ones are measured.";

    /// <summary>Nobody can say, since little was sure.</summary>
    public static string Unsure(double error) =>
        Invariant(
            $"Nobody can say whether it agrees with the reference: half of the comparisons have standard errors above {100 * error:0.0} %, "
        ) + Remedy;

    /// <summary>Nobody can say, since few kinds were sure.</summary>
    public static string UnsureKinds(IReadOnlyCollection<KindDeviation> kinds) =>
        $"Nobody can say whether it agrees with the reference: only {kinds.Count(kind => kind.IsSure)} of {kinds.Count} kinds of "
        + Invariant($"operators were compared to {100 * KindDeviation.Sure:0.#} %, ")
        + Remedy;
}
