using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// The bytes of a call's request, before gRPC makes messages of them. A message may become fifty times its bytes once it is parsed (empty
/// messages, unknown fields): a long one counts as that much against the <see cref="UploadBudget"/>, but for the chunks of a file, which
/// stay what they are. And a request must come: who sends a byte a second holds what others wait for.
/// </summary>
internal sealed class RequestMeter : PipeReader, IDisposable
{
    /// <summary>Most bytes of a message that is not looked at.</summary>
    public const int Small = 16 << 10;

    /// <summary>Most bytes of a message that is no chunk of a file.</summary>
    public const int Largest = 1 << 20;

    /// <summary>What a message may become, for each of its bytes.</summary>
    public const int Growth = 50;

    /// <summary>Within so long a wait for its bytes a request must bring <see cref="LeastBytes"/>, or its end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>16 KiB a second.</summary>
    public const long LeastBytes = 60 * 16 << 10;

    // gRPC puts a byte (is it compressed?) and four of the length before each message.
    private const int HeaderBytes = 5;

    // What gRPC takes as a message at most, unpacked.
    private const long LargestMessage = 4 << 20;

    private readonly PipeReader inner;
    private readonly UploadBudget budget;
    private readonly string client;
    private readonly TimeProvider time;
    private readonly bool takesFiles;
    private readonly bool isHurried;
    private ReadOnlySequence<byte> shown;
    private long unread;
    private bool isLooked;
    private long taken;
    private TimeSpan waited;
    private long come;

    /// <summary>Reads a request.</summary>
    /// <param name="inner">Its bytes.</param>
    /// <param name="budget">What long messages count against.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="time">The clock of the patience.</param>
    /// <param name="takesFiles">Whether its messages may be chunks of a file.</param>
    /// <param name="isHurried">Whether it must come soon: not a conversation, in which the client may think.</param>
    public RequestMeter(PipeReader inner, UploadBudget budget, string client, TimeProvider time, bool takesFiles, bool isHurried)
    {
        this.inner = inner;
        this.budget = budget;
        this.client = client;
        this.time = time;
        this.takesFiles = takesFiles;
        this.isHurried = isHurried;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        Show(result.Buffer);
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult here))
            return here;
        ReadResult result = isHurried ? await HurriedAsync(cancellationToken) : await inner.ReadAsync(cancellationToken);
        Show(result.Buffer);
        return result;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long read = shown.Slice(0, consumed).Length;
        unread = shown.Length - read;
        // gRPC takes whole messages.
        isLooked &= read == 0;
        shown = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <summary>Gives back what long messages took.</summary>
    public void Dispose()
    {
        if (taken == 0)
            return;
        budget.Return(client, taken);
        ManagedHeap.NoteFreed(taken);
        taken = 0;
    }

    private async ValueTask<ReadResult> HurriedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            long start = time.GetTimestamp();
            using var patience = new CancellationTokenSource(Patience - waited, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            try
            {
                ReadResult result = await inner.ReadAsync(either.Token);
                // By a clock that stands, too.
                waited += time.GetElapsedTime(start);
                if (waited >= Patience)
                    Judge(result.Buffer.Length - unread);
                return result;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                Judge(0);
            }
        }
    }

    /// <summary>A time of patience is over: another one begins where enough has come in it.</summary>
    private void Judge(long now)
    {
        if (come + now < LeastBytes)
            throw new RpcException(
                new Status(
                    StatusCode.DeadlineExceeded,
                    $"The request came too slowly: {(come + now) >> 10} KiB in {Patience.TotalSeconds:0} s, where {LeastBytes >> 10} "
                        + "are the least. Send it again, without pauses."
                )
            );
        (waited, come) = (TimeSpan.Zero, -now);
    }

    private void Show(ReadOnlySequence<byte> buffer)
    {
        come += buffer.Length - unread;
        // Until gRPC says how far it has come.
        (shown, unread) = (buffer, buffer.Length);
        if (!isLooked)
            Look(buffer);
    }

    private void Look(ReadOnlySequence<byte> buffer)
    {
        var bytes = new SequenceReader<byte>(buffer);
        if (!bytes.TryRead(out byte compressed) || !bytes.TryReadBigEndian(out int signed))
            return;
        long length = (uint)signed;
        bool isPlain = compressed == 0;
        if (isPlain && takesFiles && length > Small)
        {
            if (IsChunk(ref bytes, length) is not { } isChunk)
                return;
            if (isChunk)
                length = 0;
        }
        isLooked = true;
        if (isPlain && length <= Small)
            return;
        if (isPlain && length > Largest)
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    $"The request has {length} bytes, more than the {Largest} that one may have: leave out what is not needed."
                )
            );
        long grown = Growth * (isPlain ? length : LargestMessage);
        // Compressed messages come one after the other, and one is there at a time.
        if (!isPlain && taken >= grown)
            return;
        budget.Take(client, grown);
        taken += grown;
    }

    /// <summary>Whether a message is a chunk of a file and nothing else; null while too little of it has come.</summary>
    private static bool? IsChunk(ref SequenceReader<byte> bytes, long length)
    {
        const byte Tag = ((int)Protos.Profiler.V1.MeasureModelRequest.ChunkFieldNumber << 3) | 2;
        const int MostLengthBytes = 5;
        if (!bytes.TryRead(out byte tag))
            return null;
        if (tag != Tag)
            return false;
        long content = 0;
        for (int i = 0; i < MostLengthBytes; i++)
        {
            if (!bytes.TryRead(out byte next))
                return null;
            content |= (long)(next & 0x7f) << (7 * i);
            if ((next & 0x80) == 0)
                return content == length - 2 - i;
        }
        return false;
    }
}
