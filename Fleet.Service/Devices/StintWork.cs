using FasterSeg.Fleet.Service.Scheduling;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>A stint that a device works at, as its session sees it.</summary>
/// <param name="offer">What it is.</param>
/// <param name="isAdopted">Whether it was handed out on another call.</param>
internal sealed class StintWork(StintOffer offer, bool isAdopted = false)
{
    private readonly Dictionary<int, OfferedItem> items = offer.Items.ToDictionary(item => item.Position);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> keeping = [];
    private readonly Dictionary<string, string> compared = [];

    /// <summary>What it is.</summary>
    public StintOffer Offer => offer;

    /// <summary>Whether it was handed out on another call: nobody here knows who has failed at its items.</summary>
    public bool IsAdopted => isAdopted;

    /// <summary>Whether its device ended it without any result.</summary>
    public bool IsBarren { get; private set; }

    /// <summary>Ends with it.</summary>
    public Task Ended => ended.Task;

    /// <summary>What a calibration gave, by operator key: the entries as JSON.</summary>
    public IReadOnlyDictionary<string, string> Compared => compared;

    /// <summary>The item at a position; null where the stint has none.</summary>
    public OfferedItem? Item(int position) => items.GetValueOrDefault(position);

    /// <summary>A result that is on its way to the store.</summary>
    public void Keep(Task kept) => keeping.Add(kept);

    /// <summary>A calibration's result.</summary>
    public void Compare(string key, string entry) => compared[key] = entry;

    /// <summary>Waits for what is on its way to the store.</summary>
    public Task SettleAsync() => Task.WhenAll(keeping);

    /// <summary>Its device has ended it, and all results are there.</summary>
    public void NoteEnd() => IsBarren = keeping.Count == 0;

    /// <summary>It has ended.</summary>
    public void End() => ended.TrySetResult();
}
