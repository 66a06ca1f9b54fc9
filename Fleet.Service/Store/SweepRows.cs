namespace FasterSeg.Fleet.Service.Store;

/// <summary>Where a chain stands.</summary>
internal enum ChainStanding
{
    /// <summary>Nobody has it.</summary>
    Waiting,

    /// <summary>An agent has it.</summary>
    Leased,

    /// <summary>All of its stages are done.</summary>
    Done,

    /// <summary>Tried as often as its sweep says.</summary>
    Failed,

    /// <summary>Another attempt would end as this one did.</summary>
    Refused,
}

/// <summary>A sweep to be added.</summary>
/// <param name="Mark">SHA-256 of its plan, hexadecimal.</param>
/// <param name="Place">Its folder.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Chains">Names of its chains, in their order, each with whether it is done already.</param>
internal sealed record NewSweep(string Mark, string Place, string Owner, IReadOnlyList<(string Name, bool Done)> Chains);

/// <summary>A sweep, and how many of its chains stand where.</summary>
/// <param name="Id">Names it: digits of a hash of its mark.</param>
/// <param name="Mark">SHA-256 of its plan, hexadecimal.</param>
/// <param name="Place">Its folder.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Withdrawn">Whether its chains are handed out no more.</param>
/// <param name="Created">When it was added.</param>
/// <param name="Standing">Chains by where they stand.</param>
internal sealed record SweepRow(
    string Id,
    string Mark,
    string Place,
    string Owner,
    bool Withdrawn,
    DateTimeOffset Created,
    IReadOnlyDictionary<ChainStanding, int> Standing
);

/// <summary>A chain of a sweep.</summary>
/// <param name="Name">Names it within its sweep.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="Agent">Who has it, or had it last; empty where nobody had.</param>
/// <param name="Latest">What its agent does, in words.</param>
/// <param name="Images">How far it is.</param>
/// <param name="AllImages">How far it will come.</param>
/// <param name="Message">Why it failed, or why it waits again.</param>
/// <param name="Taken">How often it was leased.</param>
internal sealed record ChainRow(
    string Name,
    ChainStanding Standing,
    string Agent,
    string Latest,
    double Images,
    double AllImages,
    string Message,
    int Taken
);

/// <summary>Who asks for a chain.</summary>
/// <param name="Agent">The agent, for people.</param>
/// <param name="Ask">The same again where an answer got lost, and never for another chain.</param>
/// <param name="WithoutSweeps">Sweeps of which it takes nothing.</param>
/// <param name="WithoutChains">Chains that it does not take, as SWEEP/NAME.</param>
internal sealed record ChainAsk(
    string Agent,
    string Ask,
    IReadOnlyCollection<string> WithoutSweeps,
    IReadOnlyCollection<string> WithoutChains
);

/// <summary>A chain in an agent's hands.</summary>
/// <param name="Token">Fences what the agent tells: no two leases have the same, and later ones have higher ones.</param>
/// <param name="Sweep">The sweep's id.</param>
/// <param name="Mark">Its mark.</param>
/// <param name="Place">Its folder.</param>
/// <param name="Chain">The chain's name.</param>
internal sealed record LeasedChain(long Token, string Sweep, string Mark, string Place, string Chain);

/// <summary>A sign of life of a lease, with how far its chain is.</summary>
internal sealed record ChainBeat(long Token, string Latest, double Images, double AllImages);

/// <summary>How often a lease has given a sign.</summary>
internal sealed record ChainPulse(long Token, long Beat);

/// <summary>What became of signs.</summary>
/// <param name="Held">The leases that hold their chains still.</param>
/// <param name="Withdrawn">Of them, those whose sweep was withdrawn.</param>
internal sealed record ChainSigns(IReadOnlyList<long> Held, IReadOnlyList<long> Withdrawn);
