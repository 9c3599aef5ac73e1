using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceVoice.Datasets.Sources;

/// <summary>What kind of thing a path leads to, links followed.</summary>
internal enum FileKind
{
    Nothing,
    File,
    Folder,
    Other,
}

/// <summary>
/// What a path leads to, asked of the system in one call: .NET tells sockets, pipes and devices from files only by opening them, which can
/// block, and does not tell whether two paths lead to one file.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file in it; the same for every path, link or hard link to one file.</param>
/// <param name="IsReadable">Whether this process may read it.</param>
/// <param name="Trouble">Why it cannot be used as a file or a folder, in words; null if it can.</param>
internal readonly partial record struct FileStatus(FileKind Kind, ulong Device, ulong Inode, bool IsReadable, string? Trouble)
{
    private const int StatusBytes = 256;
    private const int ModeOffset = 28, InodeOffset = 32, DeviceOffset = 136; // of struct statx, the same on every architecture
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int ReadAccess = 4;
    private const int NotPermitted = 13, TooManyLinks = 40, NameTooLong = 36;

    /// <summary>Gets whether two paths lead to the same file or folder.</summary>
    public bool IsSameAs(FileStatus other) => Kind != FileKind.Nothing && Device == other.Device && Inode == other.Inode;

    public static FileStatus Of(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        status.Clear();
        if (Statx(CurrentFolder, path, flags: 0, BasicFields, status) != 0)
        {
            return new(FileKind.Nothing, 0, 0, IsReadable: false, Missing(path, Marshal.GetLastPInvokeError()));
        }

        var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]);
        var kind = (mode & 0xf000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            _ => FileKind.Other,
        };
        var isReadable = Access(path, ReadAccess) == 0;
        return new(
            kind,
            BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]),
            isReadable,
            kind == FileKind.Other ? $"it is a {Name(mode & 0xf000)}" : isReadable ? null : "this user may not read it");
    }

    private static string Name(int mode) => mode switch
    {
        0xc000 => "socket",
        0x1000 => "pipe",
        _ => "device",
    };

    private static string Missing(string path, int error) => error switch
    {
        NotPermitted => "this user may not enter its folder",
        TooManyLinks => "its links lead round in a circle",
        NameTooLong => "its name is too long",
        _ when new FileInfo(path).LinkTarget is not null => "the link leads nowhere",
        _ when path.Contains('\ufffd', StringComparison.Ordinal) => "its name is not valid UTF-8",
        _ => "there is no such file or folder",
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
