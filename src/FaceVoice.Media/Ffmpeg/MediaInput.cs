using System.Globalization;
using System.Runtime.InteropServices;
using FaceVoice.Media.Signatures;
using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Sound or video whose size and first bytes have been checked, under a path that a child of this process can open.</summary>
internal sealed partial class MediaInput : IDisposable
{
    private const uint CloseOnExec = 1;
    private readonly SafeFileHandle? _memory;

    private MediaInput(string path, MediaKind kind, SafeFileHandle? memory)
    {
        Path = path;
        Kind = kind;
        _memory = memory;
    }

    /// <summary>Gets an absolute path; for media in memory one below <c>/proc</c>.</summary>
    public string Path { get; }

    /// <summary>Gets the kind that the first bytes tell.</summary>
    public MediaKind Kind { get; }

    public static MediaInput FromFile(string path, MediaLimits limits)
    {
        var head = BoundedFile.ReadHead(path, limits.MaxFileBytes, out _);
        return new MediaInput(System.IO.Path.GetFullPath(path), MediaSignature.RequireRecording(head, path), memory: null);
    }

    /// <summary>Puts the bytes into an anonymous file in memory, so that FFmpeg can seek in them and nothing ever touches a disk.</summary>
    public static MediaInput FromMemory(ReadOnlyMemory<byte> media, MediaLimits limits)
    {
        LimitChecks.Bytes(media.Length, limits.MaxBytes);
        var kind = MediaSignature.RequireRecording(media.Span[..Math.Min(media.Length, MediaSignature.HeadBytes)]);
        var descriptor = CreateMemoryFile("facevoice-media", CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"No file in memory could be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.Write(handle, media.Span, fileOffset: 0);
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{descriptor}");
            return new MediaInput(path, kind, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => _memory?.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
