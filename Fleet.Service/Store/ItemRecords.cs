namespace FasterSeg.Fleet.Service.Store;

/// <summary>Each item's one entry.</summary>
internal sealed class ItemRecords(FleetDatabase database)
{
    private const string Columns = "position, key, entry, device, factor, filled";

    public Task<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<ItemResult> results, CancellationToken cancellation) =>
        results.Count == 0
            ? Task.FromResult<IReadOnlyList<CommitOutcome>>([])
            : database.WriteAsync<IReadOnlyList<CommitOutcome>>(
                async turn =>
                {
                    // Jobs before items, both in order: transactions never wait for each other in a circle.
                    string[] jobs = [.. results.Select(result => result.Job).Distinct()];
                    Dictionary<string, long> running = (
                        await turn.RowsAsync<(string Id, long Fence)>(
                            $"""
                            SELECT id, fence FROM job WHERE {turn.Dialect.Any("id", "@jobs")} AND state = 'running'
                            ORDER BY id{turn.Dialect.ForShare}
                            """,
                            new { jobs }
                        )
                    ).ToDictionary(job => job.Id, job => job.Fence);
                    Dictionary<(string, long), ItemState> items = (await turn.Dialect.HoldAsync(turn, results)).ToDictionary(item =>
                        (item.job, item.position)
                    );
                    var outcomes = new CommitOutcome[results.Count];
                    var kept = new List<ItemResult>();
                    for (int i = 0; i < results.Count; i++)
                    {
                        ItemResult result = results[i];
                        ItemState? item = items.GetValueOrDefault((result.Job, result.Position));
                        outcomes[i] = OutcomeOf(result, item, running.TryGetValue(result.Job, out long fence) ? fence : null);
                        if (outcomes[i] != CommitOutcome.Kept)
                            continue;
                        kept.Add(result);
                        items[(result.Job, result.Position)] = item! with { token = null, filled = result.Token };
                    }
                    if (kept.Count > 0 && await turn.Dialect.FillAsync(turn, kept) is var filled && filled != kept.Count)
                        throw new InvalidOperationException($"{kept.Count} items were held, and {filled} could be filled.");
                    return outcomes;
                },
                cancellation
            );

    public Task<IReadOnlyList<ItemRow>> ItemsAsync(string job, bool withSamples, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ItemRow>>(
            async turn =>
                [
                    .. (
                        await turn.RowsAsync<Line>(
                            $"SELECT {Columns}{(withSamples ? ", samples" : "")} FROM item WHERE job = @job ORDER BY position",
                            new { job }
                        )
                    ).Select(Read),
                ],
            cancellation
        );

    public Task<ItemRow?> ItemAsync(string job, string key, CancellationToken cancellation) =>
        database.ReadAsync(
            async turn =>
                await turn.FirstAsync<Line>(
                    $"SELECT {Columns}, samples FROM item WHERE job = @job AND key = @key ORDER BY position LIMIT 1",
                    new { job, key }
                )
                    is { } line
                    ? Read(line)
                    : null,
            cancellation
        );

    /// <summary>What becomes of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="item">Its item; null where there is none.</param>
    /// <param name="fence">Its job's fence; null where the job does not run.</param>
    private static CommitOutcome OutcomeOf(ItemResult result, ItemState? item, long? fence) =>
        item switch
        {
            null => CommitOutcome.Dropped,
            { filled: { } by } => by == result.Token ? CommitOutcome.Known : CommitOutcome.Dropped,
            { token: { } holder } when holder != result.Token => CommitOutcome.Dropped,
            _ => fence is { } first && result.Token >= first ? CommitOutcome.Kept : CommitOutcome.Dropped,
        };

    private static ItemRow Read(Line line) =>
        new((int)line.position, line.key, line.entry, line.device, line.factor, SessionBytes.Read(line.samples), line.filled);

    // Named as the columns are; what is not asked for is null.
    private sealed class Line
    {
        public long position { get; init; }

        public string key { get; init; } = "";

        public string? entry { get; init; }

        public string? device { get; init; }

        public double factor { get; init; }

        public byte[]? samples { get; init; }

        public long? filled { get; init; }
    }
}
