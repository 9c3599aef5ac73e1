using System.Runtime.InteropServices;
using FaceVoice.Media.Signatures;
using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>
/// Sound or video whose size and first bytes have been checked, open, under a path that children of this process can open: whatever its name
/// means later, they get the very file that was checked.
/// </summary>
internal sealed partial class MediaInput : IDisposable
{
    private const uint CloseOnExec = 1;
    private readonly SafeFileHandle _handle;

    private MediaInput(SafeFileHandle handle, MediaKind kind, long length, long? declaredLength)
    {
        _handle = handle;
        Kind = kind;
        Length = length;
        DeclaredLength = declaredLength;
    }

    /// <summary>Gets a path below <c>/proc</c>.</summary>
    public string Path => Confinement.PathOf(_handle);

    /// <summary>Gets the size, in bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the size that the header says, in bytes; null if it does not say so in bytes.</summary>
    public long? DeclaredLength { get; }

    /// <summary>Gets the kind that the first bytes tell.</summary>
    public MediaKind Kind { get; }

    public static MediaInput FromFile(string path, MediaLimits limits)
    {
        var handle = BoundedFile.Open(path, limits.MaxFileBytes, out var length);
        try
        {
            var head = BoundedFile.ReadHead(handle);
            return new MediaInput(handle, MediaSignature.RequireRecording(head, path), length, DeclaredSize.Of(head));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Puts the bytes into an anonymous file in memory, so that FFmpeg can seek in them and nothing ever touches a disk.</summary>
    public static MediaInput FromMemory(ReadOnlyMemory<byte> media, MediaLimits limits)
    {
        LimitChecks.Bytes(media.Length, limits.MaxBytes);
        var head = media.Span[..Math.Min(media.Length, MediaSignature.HeadBytes)];
        var kind = MediaSignature.RequireRecording(head);
        var handle = CreateInMemory();
        try
        {
            RandomAccess.Write(handle, media.Span, fileOffset: 0);
            return new MediaInput(handle, kind, media.Length, DeclaredSize.Of(head));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>An empty anonymous file in memory.</summary>
    public static SafeFileHandle CreateInMemory()
    {
        var descriptor = CreateMemoryFile("facevoice-media", CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"No file in memory could be made: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Reads the input from its beginning; valid as long as this, and needs no disposing of its own.</summary>
    public Stream OpenStream() => new FileStream(new SafeFileHandle(_handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 64 << 10);

    /// <summary>Reads all of it, which must be little.</summary>
    public byte[] ReadAllBytes()
    {
        var bytes = new byte[Length];
        var read = BoundedFile.Read(_handle, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
