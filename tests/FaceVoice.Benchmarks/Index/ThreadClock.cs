using System.Runtime.InteropServices;

namespace FaceVoice.Benchmarks.Index;

/// <summary>The processor time of the calling thread: what a search costs even where the machine is busy with other things. Linux.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static double Milliseconds
    {
        get
        {
            _ = GetTime(ThreadCpuTime, out var time);
            return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
