namespace FasterSeg.Search.Client.Commands;

/// <summary>A process that another one of this program has started ends with it: its standard input does then.</summary>
internal static class ParentEnd
{
    /// <summary>Cancels where the input ends.</summary>
    /// <param name="input">Standard input, of which nothing is read.</param>
    /// <param name="stop">Is canceled.</param>
    public static void Watch(Stream input, CancellationTokenSource stop)
    {
        var listener = new Thread(() =>
        {
            while (input.ReadByte() >= 0) { }
            stop.Cancel();
        })
        {
            IsBackground = true,
            Name = "parent",
        };
        listener.Start();
    }
}
