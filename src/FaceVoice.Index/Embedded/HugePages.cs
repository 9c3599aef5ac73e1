using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded;

/// <summary>Large native memory that never moves, in huge pages where the system grants them: fewer page-table misses when it is read all over.</summary>
internal static unsafe partial class HugePages
{
    private const int PageBytes = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates memory, its content undefined.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="isHuge">False to take small pages, which only cost what is used of them.</param>
    public static nint Allocate(long bytes, bool isHuge = true)
    {
        var whole = (nuint)((bytes + PageBytes - 1) / PageBytes * PageBytes);
        var memory = (nint)NativeMemory.AlignedAlloc(whole, PageBytes);
        if (isHuge && OperatingSystem.IsLinux())
        {
            _ = Advise(memory, whole, AdviseHugePages); // only a hint
        }

        return memory;
    }

    public static void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
