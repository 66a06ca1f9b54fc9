using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// How long leases still hold. A term is renewed by each sign of the device and forgotten with the mind that knows it: leases that are
/// found in the store get a fresh one.
/// </summary>
/// <param name="term">How long a lease holds without a sign.</param>
/// <param name="grace">How long it holds after its device's call broke.</param>
internal sealed class LeaseTerms(TimeSpan term, TimeSpan grace)
{
    private sealed record Term(Lease Lease, DateTimeOffset Begun, DateTimeOffset End);

    private readonly Dictionary<long, Term> terms = [];

    /// <summary>The devices that hold leases.</summary>
    public IEnumerable<string> Devices => terms.Values.Select(each => each.Lease.Device).Distinct();

    /// <summary>A lease that begins, or that was found; one that is known keeps its term.</summary>
    public void Begin(Lease lease, DateTimeOffset now) => terms.TryAdd(lease.Token, new(lease, now, now + term));

    /// <summary>A sign of life: those of these leases that are known hold anew.</summary>
    public void Renew(IEnumerable<long> tokens, DateTimeOffset now)
    {
        foreach (long token in tokens)
        {
            if (terms.TryGetValue(token, out Term? known))
                terms[token] = known with { End = now + term };
        }
    }

    /// <summary>Which leases a device has by the store and not by what it says itself: the answer that gave it one was lost.</summary>
    /// <param name="device">The device, of which something was heard.</param>
    /// <param name="tokens">The leases that its call knows.</param>
    /// <param name="now">The time.</param>
    /// <param name="patience">How long an answer may be on its way.</param>
    public IReadOnlyList<long> Lost(string device, IReadOnlyCollection<long> tokens, DateTimeOffset now, TimeSpan patience) =>
        [.. Of(each => each.Lease.Device == device && now - each.Begun >= patience).Select(lease => lease.Token).Except(tokens)];

    /// <summary>A device's call broke: its leases hold a little longer, for it to come back.</summary>
    public void Shorten(string device, DateTimeOffset now)
    {
        foreach (long token in Of(each => each.Lease.Device == device).Select(lease => lease.Token))
            terms[token] = terms[token] with { End = Min(terms[token].End, now + grace) };
    }

    /// <summary>A lease that has ended.</summary>
    public void End(long token) => terms.Remove(token);

    /// <summary>The leases of a job.</summary>
    public IReadOnlyList<Lease> OfJob(string job) => Of(each => each.Lease.Job == job);

    /// <summary>Takes out the leases whose term is over.</summary>
    public IReadOnlyList<Lease> Lapse(DateTimeOffset now)
    {
        IReadOnlyList<Lease> lapsed = Of(each => each.End <= now);
        foreach (Lease lease in lapsed)
            terms.Remove(lease.Token);
        return lapsed;
    }

    private Lease[] Of(Func<Term, bool> which) => [.. terms.Values.Where(which).Select(each => each.Lease).OrderBy(lease => lease.Token)];

    private static DateTimeOffset Min(DateTimeOffset first, DateTimeOffset second) => first < second ? first : second;
}
