using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Export;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Collects from a run what an exported file says beside its weights.</summary>
internal static class ExportedFacts
{
    /// <summary>What the run knows of a network.</summary>
    /// <param name="run">The run.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="plan">The network at the exported size.</param>
    /// <param name="form">What the file takes and gives. A latency is of the plain form alone.</param>
    /// <param name="data">The data set that the user named; null where none was.</param>
    /// <param name="epochs">Epochs of training.</param>
    /// <param name="say">Takes a sentence about what the file will lack.</param>
    /// <exception cref="UserErrorException">A file of the run is broken, or the data set has other classes or another order.</exception>
    public static NetworkFacts Of(
        RunFolder run,
        FasterSegOptions configuration,
        NetworkPlan plan,
        ExportForm form,
        string? data,
        int epochs,
        Action<string> say
    )
    {
        DerivedArchitecture architecture = plan.Architecture;
        ClassList? classes = File.Exists(run.Classes) ? RunFile.Checked(() => ClassList.Load(run.Classes)) : null;
        if (data is not null)
        {
            SegmentationDataset named = DatasetLocator.Open(data, configuration.Data);
            KnownClasses.Require(classes, architecture.Classes, run.Path, named, data);
            classes = ClassList.Of(named);
        }
        if (classes is null)
            say("The file will not name its classes, since the run does not keep them: name the data set with --data.");
        else if (classes.Classes.Count != architecture.Classes)
            throw new UserErrorException(
                FormattableString.Invariant($"{run.Classes} has {classes.Classes.Count} classes, ")
                    + FormattableString.Invariant(
                        $"the network has {architecture.Classes}: name the data set that it was trained on with --data."
                    )
            );
        LatencyTable? table = File.Exists(run.Table) ? RunFile.Table(run) : null;
        bool isMeasuredForm = form is { Argmax: false, Bytes: null, Open: Onnx.DynamicAxes.None };
        MeasuredNetwork? measured =
            isMeasuredForm && plan.Parts[^1].Spec.Kind == OperatorKind.Head
                ? MeasuredNetwork
                    .Load(run)
                    .FirstOrDefault(one => one.Network == MeasuredNetwork.NameOf(plan) && one.Identity.BatchSize == form.Batch)
                : null;
        return new NetworkFacts
        {
            Fit = configuration.Data.Fit,
            Classes = classes,
            Space = configuration.Space.ToSpace().ToString(),
            Table = table is null ? null : LatencyTableJson.HashOf(table),
            TableDevice = table is null ? null : $"{table.Identity.DeviceName}, {table.Identity.Provider}, {table.Identity.Precision}",
            EstimateMs = table is not null && isMeasuredForm && table.Identity.BatchSize == form.Batch ? Estimate(table, plan) : null,
            MeasuredMs = measured?.MedianMs,
            MeasuredOn = measured is null ? null : $"{measured.Identity.DeviceName}, {measured.Identity.Provider}",
            Epochs = epochs,
        };
    }

    /// <summary>Null where the table is of another size, or knows no part of a kind.</summary>
    private static double? Estimate(LatencyTable table, NetworkPlan plan)
    {
        try
        {
            NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
            return estimate.LeftOut.Any() ? null : estimate.TotalMs;
        }
        catch (MissingLatencyException)
        {
            return null;
        }
    }
}
