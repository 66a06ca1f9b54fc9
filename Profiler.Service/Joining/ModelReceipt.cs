using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>A model stint while its file comes. It counts against what uploads may take of the memory until it is disposed of.</summary>
internal sealed class ModelReceipt : IDisposable
{
    private readonly UploadBudget uploads;
    private readonly IncomingModel file;
    private readonly long taken;
    private long left;

    /// <param name="stint">What was announced.</param>
    /// <param name="mostBytes">Largest file, bytes.</param>
    /// <param name="uploads">What uploads may take.</param>
    /// <exception cref="global::Grpc.Core.RpcException">RESOURCE_EXHAUSTED: there is no room for it now.</exception>
    public ModelReceipt(ModelStint stint, long mostBytes, UploadBudget uploads)
    {
        (Stint, this.uploads, file, left) = (stint, uploads, new(mostBytes), stint.Bytes);
        if (stint.Bytes > mostBytes)
            Fault = IncomingModel.TooLarge(mostBytes);
        else
        {
            taken = Math.Max(0, stint.Bytes);
            uploads.Take(StintMeasurer.Client, taken);
        }
    }

    /// <summary>What was announced.</summary>
    public ModelStint Stint { get; }

    /// <summary>Whether nothing more of it is waited for: all has come, or it cannot be measured.</summary>
    public bool IsOver => left <= 0 || Fault is not null;

    /// <summary>Why it cannot be measured, in a sentence; null where nothing is known against it.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes the next chunk.</summary>
    public void Add(ByteString chunk)
    {
        left -= chunk.Length;
        if (Fault is null)
            Try(() => file.Add(chunk));
    }

    /// <summary>The file; null where there is a fault.</summary>
    public UploadedModel? End()
    {
        UploadedModel? model = null;
        if (Fault is null)
            Try(() => model = file.End(Stint.Options?.Shapes ?? []));
        return Fault is null ? model : null;
    }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose()
    {
        ManagedHeap.NoteFreed(taken);
        uploads.Return(StintMeasurer.Client, taken);
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (UnusableModelException fault)
        {
            Fault = fault.Message;
        }
    }
}
