using System.Runtime.InteropServices;

namespace FasterSeg.Search.Client.Commands;

/// <summary>
/// Ctrl-C (and a request to terminate) cancels a token, so that the command saves what it has and ends; a second one ends the
/// program at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interruption()
    {
        registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Handle)),
        ];
    }

    /// <summary>Canceled by the first interruption.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private delegate void ExitProcess(int code);

    /// <summary>Without the clean-up of native libraries: it takes from torch what a step still uses, and ends in a crash.</summary>
    private static void EndAtOnce()
    {
        if (!OperatingSystem.IsWindows() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "_exit", out IntPtr exit))
            Marshal.GetDelegateForFunctionPointer<ExitProcess>(exit)(ExitCodes.Interrupted);
        Environment.Exit(ExitCodes.Interrupted);
    }

    private void Handle(PosixSignalContext context)
    {
        // The first one was taken; the second one must end the program by itself.
        if (source.IsCancellationRequested)
            EndAtOnce();
        context.Cancel = true;
        // Off this thread: the command's own clean-up runs inside Cancel, and a second signal must still be heard. And on a thread of its
        // own: those of the pool may all be at work for as long as a step takes.
        new Thread(source.Cancel) { IsBackground = true, Name = "interruption" }.Start();
    }
}
