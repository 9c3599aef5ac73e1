using System.Runtime.InteropServices;

namespace FaceVoice.Inference.Scheduling;

/// <summary>
/// Puts a thread behind the process's other threads. With a network running on each core, a thread that has a refusal to send would otherwise wait for the
/// end of a time slice at every step from socket to socket. The computing loses nothing by it, for those threads need little; and it cannot be starved, as
/// a lower share is still a share.
/// </summary>
internal static partial class BackgroundPriority
{
    /// <summary>
    /// Steps of niceness above the process's own: where both want the same core, a thread gets a third of what one of the process's others gets. Measured:
    /// with the scheduler's idle class instead, refusals are faster still, and a quarter of the answers is lost under overload.
    /// </summary>
    public const int Steps = 5;

    private const int Process = 0; // to Linux, what these calls name a process is a thread, and 0 the one that calls

    /// <summary>Moves the thread that calls; where the system does not let it, it stays where it is.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetNiceness(Process, 0, Niceness(Process, 0) + Steps);
        }
    }

    /// <summary>The niceness of a thread, -20 to 19.</summary>
    [LibraryImport("libc", EntryPoint = "getpriority")]
    internal static partial int Niceness(int kind, uint id);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int kind, uint id, int niceness);
}
