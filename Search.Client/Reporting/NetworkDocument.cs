using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>A derived network on a table, as <c>lut show --network --json</c> prints it. Latencies are in ms, shares from 0 to 1.</summary>
internal static class NetworkDocument
{
    /// <summary>What <c>lut show --network</c> says of a network.</summary>
    /// <param name="table">The table.</param>
    /// <param name="plan">The network at the size of the table's space.</param>
    /// <param name="estimate">Its latency by the table.</param>
    public static object Of(LatencyTable table, NetworkPlan plan, NetworkEstimate estimate)
    {
        NetworkCost cost = NetworkCost.Of(plan);
        return new
        {
            Network = plan.Architecture.ToString(),
            Role = plan.Architecture.Role.Name(),
            plan.Height,
            plan.Width,
            plan.Architecture.Classes,
            Table = LatencyTableJson.HashOf(table),
            Device = table.Identity.DeviceName,
            EstimateMs = estimate.TotalMs,
            estimate.HalfWidthMs,
            table.Loaded,
            PlainMs = table.Correction is null ? (double?)null : NetworkEstimate.Of(table.With(null), plan).TotalMs,
            Outside = TrustedLatencies.Of(table)?.Warning(estimate.TotalMs),
            Cost = new
            {
                cost.MultiplyAdds,
                cost.Parameters,
                cost.ActivationBytes,
            },
            Parts = plan.Rows()
                .Zip(estimate.Shares, (row, share) => new
                    {
                        row.Part,
                        row.Scale,
                        Operator = OperatorKey.NameOf(share.Part.Spec.Kind),
                        Key = share.Part.Spec.ToString(),
                        share.Part.Spec.Stride,
                        share.Part.Spec.InChannels,
                        share.Part.Spec.OutChannels,
                        Branches = share.Part.Branches.Select(branch => plan.Architecture.Branches[branch].LastScale),
                        Ms = share.Milliseconds,
                        Share = share.Milliseconds / estimate.TotalMs,
                    }),
            NotInTable = estimate.LeftOut.Select(part => OperatorKey.NameOf(part.Spec.Kind)).Distinct(),
        };
    }
}
