using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Media;

/// <summary>Reads files whose size is not trusted.</summary>
internal static partial class BoundedFile
{
    /// <summary>Reads a regular file of at most <paramref name="maxBytes"/>, also where it grows meanwhile.</summary>
    public static byte[] ReadAllBytes(string path, long maxBytes)
    {
        using var stream = Open(path, maxBytes);
        var bytes = new byte[stream.Length];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>The first bytes of a regular file, as many as a signature needs.</summary>
    public static byte[] ReadHead(string path, long maxBytes, out long length)
    {
        using var stream = Open(path, maxBytes);
        length = stream.Length;
        var head = new byte[Math.Min(length, Signatures.MediaSignature.HeadBytes)];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head[..read];
    }

    /// <summary>Opens a regular file: no folder, pipe or device, whose reading might never end.</summary>
    public static FileStream Open(string path, long maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new UnsupportedMediaException("A folder was named where a media file is needed.");
        }

        if (!Path.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}.", path);
        }

        var stream = new FileStream(OpenWithoutWaiting(path), FileAccess.Read, bufferSize: 0);
        try
        {
            if (!stream.CanSeek)
            {
                throw new UnsupportedMediaException("A pipe or device was named where a media file is needed.");
            }

            LimitChecks.Bytes(stream.Length, maxBytes);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens for reading; a named pipe without a writer does not block here, as it would in <see cref="FileStream"/>.</summary>
    private static SafeFileHandle OpenWithoutWaiting(string path)
    {
        const int ReadOnlyNonBlockingCloseOnExec = 0x800 | 0x80000;
        const int AccessDenied = 13;
        var descriptor = NativeOpen(path, ReadOnlyNonBlockingCloseOnExec);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var reason = $"{path}: {Marshal.GetLastPInvokeErrorMessage()}.";
        throw Marshal.GetLastPInvokeError() == AccessDenied ? new UnauthorizedAccessException(reason) : new IOException(reason);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeOpen(string path, int flags);
}
