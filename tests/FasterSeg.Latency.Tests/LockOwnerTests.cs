namespace FasterSeg.Latency.Tests;

public sealed class LockOwnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_note_names_address_and_process_and_goes_with_its_lock()
    {
        string file = folder["a.lock"];
        Assert.Null(LockOwner.Of(file));
        LockOwner.Note(file);
        Assert.Equal(FormattableString.Invariant($"process {Environment.ProcessId} on {Environment.MachineName}"), LockOwner.Of(file));
        LockOwner.Note(file, "http://127.0.0.1:5151");
        Assert.StartsWith("http://127.0.0.1:5151, process ", LockOwner.Of(file), StringComparison.Ordinal);
        LockOwner.Forget(file);
        Assert.Null(LockOwner.Of(file));
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void A_folder_that_takes_no_note_is_no_fault()
    {
        string file = Path.Combine(folder.Write("file", ""), "a.lock");
        LockOwner.Note(file);
        LockOwner.Forget(file);
        Assert.Null(LockOwner.Of(file));
    }

    [Fact]
    public void What_somebody_else_wrote_there_is_no_note()
    {
        folder.Write("a.lock.owner", "\u001b[31mred");
        Assert.Null(LockOwner.Of(folder["a.lock"]));
        folder.Write("a.lock.owner", new string('x', 1000));
        Assert.Null(LockOwner.Of(folder["a.lock"]));
    }
}
