namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Does in groups what is asked for one by one: while a group is under way, what comes in waits for the next. So the store is asked as
/// often at any load, and not once for each device. What has waited too long is answered with nothing: whoever asked has given up, and
/// must not be given what nobody else gets then. Safe for use by any number of threads.
/// </summary>
/// <param name="work">Does a group; answers are in the order of what was asked.</param>
/// <param name="most">The largest group.</param>
/// <param name="longest">How long one may wait; null is as long as it takes.</param>
/// <param name="time">The clock.</param>
internal sealed class Grouped<TAsked, TAnswer>(
    Func<IReadOnlyList<TAsked>, Task<IReadOnlyList<TAnswer>>> work,
    int most,
    TimeSpan? longest,
    TimeProvider time
)
{
    private sealed record Waiting(TAsked Asked, long Since, TaskCompletionSource<TAnswer> Answer);

    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = new();
    private bool isBusy;

    /// <summary>Asks, and waits for the answer.</summary>
    public Task<TAnswer> AskAsync(TAsked asked)
    {
        var one = new Waiting(asked, time.GetTimestamp(), new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            queue.Enqueue(one);
            if (isBusy)
                return one.Answer.Task;
            isBusy = true;
        }
        _ = RunAsync();
        return one.Answer.Task;
    }

    private async Task RunAsync()
    {
        while (Next() is { Count: > 0 } group)
        {
            try
            {
                IReadOnlyList<TAnswer> answers = await work([.. group.Select(each => each.Asked)]);
                for (int i = 0; i < group.Count; i++)
                    group[i].Answer.SetResult(answers[i]);
            }
            catch (Exception fault)
            {
                foreach (Waiting each in group)
                    each.Answer.TrySetException(fault);
            }
        }
    }

    private List<Waiting> Next()
    {
        var group = new List<Waiting>();
        lock (gate)
        {
            while (group.Count < most && queue.TryDequeue(out Waiting? one))
            {
                if (longest is { } limit && time.GetElapsedTime(one.Since) > limit)
                    one.Answer.SetResult(default!);
                else
                    group.Add(one);
            }
            isBusy = group.Count > 0;
        }
        return group;
    }
}
