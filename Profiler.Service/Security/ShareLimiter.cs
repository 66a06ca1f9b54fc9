using System.Diagnostics;
using System.Threading.RateLimiting;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>One client's part of <see cref="Shares"/>, as ASP.NET's limiters are asked. Nothing waits: what is beyond is refused.</summary>
/// <param name="shares">What all clients share.</param>
/// <param name="client">The client.</param>
internal sealed class ShareLimiter(Shares shares, string client) : RateLimiter
{
    private long lastUse = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => shares.Of(client) > 0 ? null : Stopwatch.GetElapsedTime(Volatile.Read(ref lastUse));

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        Volatile.Write(ref lastUse, Stopwatch.GetTimestamp());
        return new Lease(shares.TryTake(client, permitCount) ? () => shares.Return(client, permitCount) : null);
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(permitCount));

    private sealed class Lease(Action? give) : RateLimitLease
    {
        private Action? give = give;

        public override bool IsAcquired { get; } = give is not null;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            Interlocked.Exchange(ref give, null)?.Invoke();
            base.Dispose(disposing);
        }
    }
}
