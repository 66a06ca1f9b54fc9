using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Searching;

/// <summary>
/// Chooses between a role's two branch pairs where there is no supernet to ask: by the paper's objective where the mIoU of both is known,
/// else by what latency alone can say.
/// </summary>
/// <param name="Choice">The pair that wins, and the other.</param>
/// <param name="Reason">Why it wins: a clause for people.</param>
public sealed record PairChoice(RoleChoice Choice, string Reason)
{
    /// <summary>Chooses.</summary>
    /// <param name="with8">The pair 32+8.</param>
    /// <param name="with16">The pair 32+16.</param>
    /// <param name="asked">8 or 16 where the user says which; else null.</param>
    /// <param name="target">The student's band.</param>
    /// <param name="rule">The released code asks its objective alone; the others take a student that lies in the band before one that does
    /// not.</param>
    public static PairChoice Of(
        DerivedPair with8,
        DerivedPair with16,
        int? asked,
        LatencyTarget target,
        DerivationRule rule = DerivationRule.Corrected
    )
    {
        Role role = with8.Architecture.Role;
        (DerivedPair winner, string reason) =
            asked is not null ? (asked == 8 ? with8 : with16, "asked for with --pair")
            : role == Role.Student && rule != DerivationRule.Released && OnlyIn(target, with8, with16) is { } inside
                ? (inside, "the one in the target band")
            : with8.Objective(target.MiddleMs) is { } of8 && with16.Objective(target.MiddleMs) is { } of16
                ? (of8 >= of16 ? with8 : with16, "larger supernet mIoU * (latency / target)^-0.07, the paper's rule")
            : role == Role.Teacher ? Slower(with8, with16)
            : Nearest(with8, with16, target);
        return new PairChoice(new RoleChoice(role, winner, ReferenceEquals(winner, with8) ? with16 : with8), reason);
    }

    /// <summary>A pair as the command line names it, with its latency and mIoU.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="device">What its latency is estimated for.</param>
    /// <param name="digits">Behind the latency's point: <see cref="LatencyTarget.DigitsBeside"/>.</param>
    public static string Describe(DerivedPair pair, TableIdentity device, int digits = 3)
    {
        string mIou = pair.MeanIou is { } share ? string.Create(CultureInfo.InvariantCulture, $", supernet mIoU {100 * share:F2} %") : "";
        string latency = pair.EstimateMs.ToString(FormattableString.Invariant($"F{digits}"), CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"estimate {latency} ms, {device.FramesPerSecond(pair.EstimateMs):F1} frames/s{mIou}"
        );
    }

    private static DerivedPair? OnlyIn(LatencyTarget target, DerivedPair with8, DerivedPair with16) =>
        (target.Contains(with8.EstimateMs), target.Contains(with16.EstimateMs)) switch
        {
            (true, false) => with8,
            (false, true) => with16,
            _ => null,
        };

    private static (DerivedPair, string) Slower(DerivedPair with8, DerivedPair with16) =>
        (
            with8.EstimateMs > with16.EstimateMs ? with8 : with16,
            "the slower one, which computes more: a teacher pays no latency, and the supernet's mIoU is not known"
        );

    private static (DerivedPair, string) Nearest(DerivedPair with8, DerivedPair with16, LatencyTarget target)
    {
        double Miss(DerivedPair pair) => Math.Max(0, Math.Max(target.LowMs - pair.EstimateMs, pair.EstimateMs - target.HighMs));
        DerivedPair faster = with8.EstimateMs < with16.EstimateMs ? with8 : with16,
            slower = ReferenceEquals(faster, with8) ? with16 : with8;
        DerivedPair nearest = Miss(slower) < Miss(faster) ? slower : faster;
        string why =
            Miss(slower) == 0 && Miss(faster) == 0 ? "the faster of two in the target band"
            : Miss(nearest) == 0 ? "the one in the target band"
            : "the one nearer to the target band";
        return (nearest, why + "; the supernet's mIoU is not known");
    }
}
