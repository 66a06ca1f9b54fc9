using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// How long leases still hold. A term is renewed by each sign of the device and forgotten with the mind that knows it: leases that are
/// found in the store get a fresh one. What is asked of one device looks at its own leases only: a large pool's devices give thousands of
/// signs a second.
/// </summary>
/// <param name="term">How long a lease holds without a sign.</param>
/// <param name="grace">How long it holds after its device's call broke.</param>
internal sealed class LeaseTerms(TimeSpan term, TimeSpan grace)
{
    private sealed record Term(Lease Lease, DateTimeOffset Begun, DateTimeOffset End);

    private readonly Dictionary<long, Term> terms = [];
    private readonly Dictionary<string, HashSet<long>> ofDevices = [];

    /// <summary>The devices that hold leases.</summary>
    public IEnumerable<string> Devices => ofDevices.Keys;

    /// <summary>A lease that begins, or that was found; one that is known keeps its term.</summary>
    public void Begin(Lease lease, DateTimeOffset now)
    {
        if (!terms.TryAdd(lease.Token, new(lease, now, now + term)))
            return;
        if (!ofDevices.TryGetValue(lease.Device, out HashSet<long>? tokens))
            ofDevices.Add(lease.Device, tokens = []);
        tokens.Add(lease.Token);
    }

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
        [.. Of(device).Where(each => now - each.Begun >= patience).Select(each => each.Lease.Token).Except(tokens).Order()];

    /// <summary>A device's call broke: its leases hold a little longer, for it to come back.</summary>
    public void Shorten(string device, DateTimeOffset now)
    {
        foreach (Term each in Of(device).ToArray())
            terms[each.Lease.Token] = each with { End = Min(each.End, now + grace) };
    }

    /// <summary>A lease that has ended.</summary>
    public void End(long token)
    {
        if (!terms.Remove(token, out Term? ended) || !ofDevices.TryGetValue(ended.Lease.Device, out HashSet<long>? tokens))
            return;
        tokens.Remove(token);
        if (tokens.Count == 0)
            ofDevices.Remove(ended.Lease.Device);
    }

    /// <summary>The leases of a job.</summary>
    public IReadOnlyList<Lease> OfJob(string job) => InOrder(terms.Values.Where(each => each.Lease.Job == job));

    /// <summary>The leases of a job that one device has.</summary>
    public IReadOnlyList<Lease> OfJob(string job, string device) => InOrder(Of(device).Where(each => each.Lease.Job == job));

    /// <summary>Takes out the leases whose term is over.</summary>
    public IReadOnlyList<Lease> Lapse(DateTimeOffset now)
    {
        IReadOnlyList<Lease> lapsed = InOrder(terms.Values.Where(each => each.End <= now));
        foreach (Lease lease in lapsed)
            End(lease.Token);
        return lapsed;
    }

    private IEnumerable<Term> Of(string device) =>
        ofDevices.TryGetValue(device, out HashSet<long>? tokens) ? tokens.Select(token => terms[token]) : [];

    private static Lease[] InOrder(IEnumerable<Term> which) => [.. which.Select(each => each.Lease).OrderBy(lease => lease.Token)];

    private static DateTimeOffset Min(DateTimeOffset first, DateTimeOffset second) => first < second ? first : second;
}
