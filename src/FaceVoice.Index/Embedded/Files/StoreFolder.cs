using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>An index's folder: its lock, its durable renames, and how its files are opened.</summary>
internal sealed partial class StoreFolder : IDisposable
{
    public const string ManifestName = "MANIFEST";
    private const string LockName = "LOCK";

    private readonly FileStream _lock;
    private readonly Func<string, IDurableFile> _create;

    private StoreFolder(string path, FileStream folderLock, Func<string, IDurableFile> create) => (Path, _lock, _create) = (path, folderLock, create);

    public string Path { get; }

    public string ManifestPath => Of(ManifestName);

    /// <summary>Locks a folder, making it where it is missing and <paramref name="mayCreate"/> allows.</summary>
    /// <exception cref="IndexLockedException">Somebody else holds it.</exception>
    /// <exception cref="IndexNotFoundException">There is no such folder.</exception>
    public static StoreFolder Lock(string path, bool mayCreate, Func<string, IDurableFile>? create = null)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(path))
        {
            if (!mayCreate)
            {
                throw new IndexNotFoundException($"There is no index at {path}.");
            }

            MakeFolder(path);
        }

        try
        {
            var folderLock = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            return new(path, folderLock, create ?? DurableFile.Create);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new IndexLockedException($"The index {path} is open in another process (or twice in this one); one process at a time may have it.", error);
        }
    }

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a new file, replacing one of that name.</summary>
    public IDurableFile Create(string name) => _create(Of(name));

    /// <summary>Gives a finished, flushed file its name and puts the name on the disk.</summary>
    public void Rename(string from, string to)
    {
        File.Move(Of(from), Of(to), overwrite: true);
        Flush();
    }

    /// <summary>Puts the folder's entries on the disk: without this a power cut can undo a rename.</summary>
    public void Flush() => Flush(Path);

    /// <summary>Removes every file that is not named; what a crash left behind, or what a new manifest no longer needs.</summary>
    public void KeepOnly(IReadOnlySet<string> names)
    {
        var removed = false;
        foreach (var file in Directory.EnumerateFiles(Path).Where(f => IsOurs(System.IO.Path.GetFileName(f))))
        {
            if (!names.Contains(System.IO.Path.GetFileName(file)))
            {
                File.Delete(file);
                removed = true;
            }
        }

        if (removed)
        {
            Flush();
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Tells whether a file name is one that this store makes, so that foreign files are never removed.</summary>
    public static bool IsOurs(string name) =>
        name.EndsWith(".tmp", StringComparison.Ordinal) || name.StartsWith("log-", StringComparison.Ordinal)
        || name.StartsWith("seg-", StringComparison.Ordinal) || name.StartsWith("dead-", StringComparison.Ordinal)
        || name.StartsWith("graph-", StringComparison.Ordinal);

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Flush(System.IO.Path.GetDirectoryName(path) ?? path);
    }

    private static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals directory entries; there is no call to flush one
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open the folder {folder} to flush it (errno {Marshal.GetLastPInvokeError()}).");
        }

        var result = FSync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        const int NotSupported = 22; // EINVAL: a file system that cannot flush folders has nothing to flush
        if (result != 0 && error != NotSupported)
        {
            throw new IOException($"Cannot flush the folder {folder} (errno {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
