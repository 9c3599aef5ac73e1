using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Index.Embedded.Files;

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
