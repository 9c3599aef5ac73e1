using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>A file that is written at offsets and flushed to the disk itself; the seam at which tests let disks fail.</summary>
internal interface IDurableFile : IDisposable
{
    /// <summary>The file's path.</summary>
    string Path { get; }

    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/>.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Returns when everything written is on the disk.</summary>
    void Flush();

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);
}

/// <summary>A real file, unbuffered on our side.</summary>
internal sealed class DurableFile : IDurableFile
{
    private readonly SafeFileHandle _handle;

    private DurableFile(string path, SafeFileHandle handle) => (Path, _handle) = (path, handle);

    public string Path { get; }

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Makes a new empty file, replacing one of that name.</summary>
    public static IDurableFile Create(string path) => Open(path, FileMode.Create);

    /// <summary>Opens a file for appending to it, or makes it.</summary>
    public static IDurableFile OpenOrCreate(string path) => Open(path, FileMode.OpenOrCreate);

    public void Write(ReadOnlySpan<byte> data, long offset) => RandomAccess.Write(_handle, data, offset);

    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Dispose() => _handle.Dispose();

    private static DurableFile Open(string path, FileMode mode)
    {
        // Biometric data: the owner's alone, whatever the umask says.
        var handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new(path, handle);
    }
}

/// <summary>Tells a full disk from other disk errors.</summary>
internal static class DiskErrors
{
    private const int FileTooLarge = 27, NoSpace = 28, QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Tells whether there was no room: ENOSPC, EDQUOT, EFBIG or Windows' two codes.</summary>
    public static bool IsFull(IOException error) =>
        error.HResult is FileTooLarge or NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;
}
