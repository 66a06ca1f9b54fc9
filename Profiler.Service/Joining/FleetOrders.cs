using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Fleet.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>Does what a fleet says on one call.</summary>
internal sealed class FleetOrders(
    HeldLeases leases,
    Outbox outbox,
    StintMeasurer stints,
    ModelStintMeasurer models,
    UploadBudget uploads,
    CallLimits limits
) : IDisposable
{
    // A file that comes.
    private ModelReceipt? receiving;

    /// <summary>Obeys.</summary>
    /// <returns>Why the device is dismissed; null where it is not.</returns>
    public string? Obey(FleetMessage message)
    {
        switch (message.WhatCase)
        {
            case FleetMessage.WhatOneofCase.Stint:
                Begin(message.Stint);
                break;
            case FleetMessage.WhatOneofCase.Model:
                Begin(message.Model);
                break;
            case FleetMessage.WhatOneofCase.Chunk:
                Receive(message.Chunk);
                break;
            case FleetMessage.WhatOneofCase.Revocation:
                Revoke(message.Revocation.Lease);
                break;
            case FleetMessage.WhatOneofCase.Kept:
                outbox.Keep(message.Kept.Lease, message.Kept.Positions);
                break;
            case FleetMessage.WhatOneofCase.Dismissal:
                return message.Dismissal.Reason;
            default:
                // A newer fleet's; it has to do without.
                break;
        }
        return null;
    }

    /// <summary>The call is over: a file that has not come whole never will.</summary>
    public void Dispose() => receiving?.Dispose();

    private void Begin(Stint stint) =>
        leases.Begin(stint.Lease, token => stints.MeasureAsync(stint, result => leases.Tell(stint.Lease, box => box.Add(result)), token));

    private void Begin(ModelStint stint)
    {
        Drop();
        try
        {
            receiving = new(stint, (long)limits.UploadMiB << 20, uploads);
        }
        catch (RpcException full)
        {
            leases.Begin(stint.Lease, _ => Task.FromResult(new StintEnd { Lease = stint.Lease, Reason = full.Status.Detail }));
            return;
        }
        if (receiving.IsOver)
            Measure();
    }

    private void Receive(ByteString chunk)
    {
        // The rest of a file that nobody wants any more.
        if (receiving is null)
            return;
        receiving.Add(chunk);
        if (receiving.IsOver)
            Measure();
    }

    private void Revoke(long lease)
    {
        if (receiving?.Stint.Lease == lease)
            Drop();
        leases.Revoke(lease);
    }

    private void Drop()
    {
        receiving?.Dispose();
        receiving = null;
    }

    private void Measure()
    {
        ModelReceipt whole = receiving!;
        receiving = null;
        ModelStint stint = whole.Stint;
        leases.Begin(
            stint.Lease,
            async token =>
            {
                ModelResult result = whole.End() is { } model
                    ? await models.MeasureAsync(stint, model, token)
                    : ModelStintMeasurer.Refused(stint, ModelUpload.FileField, whole.Fault!);
                leases.Tell(stint.Lease, box => box.Add(result));
                return new() { Lease = stint.Lease };
            },
            whole
        );
    }
}
