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
    public void FilesAreWrittenInsideOnlyAndReadEverywhere()
    {
        // Earlier kernels do not know of truncation.
        if (Landlock.Version < 3) return;
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
    public void NoTcpConnectionIsOpened()
    {
        if (Landlock.Version < 4) return;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Restricted(() =>
        {
            using var client = new TcpClient();
            Assert.Equal(SocketError.AccessDenied, Assert.ThrowsAny<SocketException>(() => client.Connect((IPEndPoint)listener.LocalEndpoint)).SocketErrorCode);
        });
    }

    [Fact]
    public void NoSignalIsSentToAnotherProcess()
    {
        if (Landlock.Version < 7) return;
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
    public void WhatHoldsIsWhatTheKernelKnows()
    {
        string[] held = [];
        var thread = new Thread(() => held = [.. Landlock.Restrict([inside], [])]);
        thread.Start();
        thread.Join();
        Assert.Equal(Landlock.Version switch { 0 => 0, < 4 => 1, < 7 => 2, _ => 3 }, held.Length);
    }

    private void Restricted(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.NotEmpty(Landlock.Restrict([inside, Path.Combine(inside, "missing")], ["/dev/null"]));
                test();
            }
            catch (Exception fault)
            {
                failure = fault;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
    }
}
