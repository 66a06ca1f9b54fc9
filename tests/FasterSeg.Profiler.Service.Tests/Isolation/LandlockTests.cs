using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FasterSeg.Profiler.Service.Isolation;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

/// <summary>Landlock holds for a thread and what it starts: each test restricts a thread that ends with it.</summary>
public sealed class LandlockTests : IDisposable
{
    private readonly string inside = Directory.CreateTempSubdirectory("fasterseg-inside-").FullName;
    private readonly string outside = Directory.CreateTempSubdirectory("fasterseg-outside-").FullName;

    public void Dispose()
    {
        Directory.Delete(inside, recursive: true);
        Directory.Delete(outside, recursive: true);
    }

    [Fact]
    public void Files_are_written_inside_only_and_read_everywhere()
    {
        // Earlier kernels do not know of truncation.
        if (Landlock.Version < 3)
            return;
        string there = Path.Combine(outside, "there");
        File.WriteAllText(there, "text");
        Restricted(() =>
        {
            File.WriteAllText(Path.Combine(inside, "file"), "text");
            Directory.CreateDirectory(Path.Combine(inside, "folder"));
            File.Delete(Path.Combine(inside, "file"));
            File.WriteAllText("/dev/null", "text");
            Assert.Equal("text", File.ReadAllText(there));
            Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllText(Path.Combine(outside, "new"), "text"));
            Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllText(there, "other"));
            Assert.Throws<UnauthorizedAccessException>(() => File.AppendAllText(there, "more"));
            Assert.Throws<UnauthorizedAccessException>(() => Directory.CreateDirectory(Path.Combine(outside, "folder")));
            Assert.Throws<UnauthorizedAccessException>(() => File.Delete(there));
        });
        Assert.Equal("text", File.ReadAllText(there));
        Assert.Single(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void The_threads_of_this_process_are_named_where_their_folder_is_allowed()
    {
        if (Landlock.Version < 1)
            return;
        string others = $"/proc/{ParentId()}/comm";
        Restricted(() => Assert.Throws<UnauthorizedAccessException>(() => Rename("/proc/thread-self/comm")));
        Restricted(
            () =>
            {
                // What CUDA does with each of the threads that it starts.
                var started = new Thread(() => Rename("/proc/thread-self/comm"));
                started.Start();
                started.Join();
                Assert.Throws<UnauthorizedAccessException>(() => Rename(others));
                Assert.Throws<UnauthorizedAccessException>(() => Rename("/proc/self/comm"));
            },
            "/proc/self/task"
        );
    }

    [Fact]
    public void No_tcp_connection_is_opened()
    {
        if (Landlock.Version < 4)
            return;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Restricted(() =>
        {
            using var client = new TcpClient();
            Assert.Equal(
                SocketError.AccessDenied,
                Assert.ThrowsAny<SocketException>(() => client.Connect((IPEndPoint)listener.LocalEndpoint)).SocketErrorCode
            );
        });
    }

    [Fact]
    public void No_signal_is_sent_to_another_process()
    {
        if (Landlock.Version < 7)
            return;
        using Process other = Process.Start("sleep", "1000");
        try
        {
            Restricted(() => Assert.Throws<Win32Exception>(other.Kill));
            Assert.False(other.HasExited);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public void What_holds_is_what_the_kernel_knows()
    {
        string[] held = [];
        var thread = new Thread(() => held = [.. Landlock.Restrict([inside], [])]);
        thread.Start();
        thread.Join();
        Assert.Equal(
            Landlock.Version switch
            {
                0 => 0,
                < 4 => 1,
                < 7 => 2,
                _ => 3,
            },
            held.Length
        );
    }

    private static void Rename(string comm)
    {
        using FileStream file = new(comm, FileMode.Open, FileAccess.Write);
        file.Write("landlocked"u8);
    }

    // The fourth field of stat, behind the program's name in brackets.
    private static string ParentId() => File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[1];

    private void Restricted(Action test, params string[] files)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.NotEmpty(Landlock.Restrict([inside, Path.Combine(inside, "missing")], ["/dev/null", .. files]));
                test();
            }
            catch (Exception fault)
            {
                failure = fault;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
    }
}
