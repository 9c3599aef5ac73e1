using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaceVoice.Media;

/// <summary>Reads files whose size is not trusted.</summary>
internal static partial class BoundedFile
{
    /// <summary>Reads a regular file of at most <paramref name="maxBytes"/>, also if it grows meanwhile.</summary>
    public static byte[] ReadAllBytes(string path, long maxBytes)
    {
        using var handle = Open(path, maxBytes, out var length);
        var bytes = new byte[length];
        var read = Read(handle, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>The first bytes of a file, as many as a signature needs.</summary>
    public static byte[] ReadHead(SafeFileHandle handle)
    {
        var head = new byte[Signatures.MediaSignature.HeadBytes];
        return head[..Read(handle, head)];
    }

    /// <summary>Opens a regular file: no folder, pipe or device, whose reading might never end.</summary>
    public static SafeFileHandle Open(string path, long maxBytes, out long length)
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

        var handle = OpenWithoutWaiting(path);
        try
        {
            length = RandomAccess.GetLength(handle);
            LimitChecks.Bytes(length, maxBytes);
            return handle;
        }
        catch (NotSupportedException error)
        {
            handle.Dispose();
            throw new UnsupportedMediaException("A pipe or device was named where a media file is needed.", error);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads from the beginning until the buffer is full or the file ends.</summary>
    public static int Read(SafeFileHandle handle, Span<byte> bytes)
    {
        var total = 0;
        int count;
        while (total < bytes.Length && (count = RandomAccess.Read(handle, bytes[total..], total)) > 0)
        {
            total += count;
        }

        return total;
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
