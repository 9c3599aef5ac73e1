namespace FaceVoice.Datasets.Sources;

/// <summary>Something that was named or found and is not used.</summary>
/// <param name="Path">Its path as it was named or found.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record PassedOver(string Path, string Reason);

/// <summary>
/// Lists files for batch work. What cannot be read, such as dangling links, sockets, pipes or names that are not UTF-8, is named and passed
/// over, never an error. Each real folder is visited once, whatever links lead to it. Not thread-safe.
/// </summary>
public sealed class FileSearch
{
    /// <summary>Names that begin with a dot are the system's or an editor's; what cannot be entered is an error, to be named.</summary>
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };

    private readonly List<PassedOver> _passedOver = [];

    /// <summary>Gets what was named or found and is not used.</summary>
    public IReadOnlyList<PassedOver> PassedOver => _passedOver;

    /// <summary>The files that are named, and those in the folders that are named.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="deep">Whether folders are searched to the bottom, or only for the files directly in them.</param>
    /// <returns>Paths of regular, readable files: those that are named in their order, those of folders in the order of their paths.</returns>
    public IReadOnlyList<string> Expand(IReadOnlyList<string> paths, bool deep = true)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<string>();
        foreach (var path in paths)
        {
            switch (FileStatus.Of(path))
            {
                case { Trouble: { } trouble }:
                    Pass(path, trouble);
                    break;
                case { Kind: FileKind.File }:
                    files.Add(path);
                    break;
                default:
                    files.AddRange(Below(path, deep));
                    break;
            }
        }

        return files;
    }

    /// <summary>The regular, readable files below a folder, in the order of their paths.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="deep">Whether it is searched to the bottom, or only for the files directly in it.</param>
    public IReadOnlyList<string> Below(string folder, bool deep = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var visited = new HashSet<(ulong, ulong)>();
        var links = new SortedSet<string>(StringComparer.Ordinal);
        var files = new List<string>();
        Visit(folder, deep, visited, links, files);

        // Links last, so that a folder is found under its own name if it lies below the folder itself.
        var above = Above(folder);
        while (deep && links.Min is { } link)
        {
            links.Remove(link);
            var target = FileStatus.Of(link);
            if (above.Contains((target.Device, target.Inode)))
            {
                Pass(link, "the link leads to a folder above the one that is searched");
            }
            else if (visited.Contains((target.Device, target.Inode)))
            {
                Pass(link, "the link leads to a folder that is searched already");
            }
            else
            {
                Visit(link, deep, visited, links, files);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    internal void Pass(string path, string reason) => _passedOver.Add(new(path, reason));

    private void Visit(string root, bool deep, HashSet<(ulong, ulong)> visited, SortedSet<string> links, List<string> files)
    {
        var open = new Stack<string>([root]);
        while (open.TryPop(out var folder))
        {
            var status = FileStatus.Of(folder);
            if (!visited.Add((status.Device, status.Inode)))
            {
                continue; // a bind mount, say
            }

            foreach (var entry in Entries(folder))
            {
                switch (FileStatus.Of(entry))
                {
                    case { Trouble: { } trouble }:
                        Pass(entry, trouble);
                        break;
                    case { Kind: FileKind.File }:
                        files.Add(entry);
                        break;
                    case var _ when new DirectoryInfo(entry).LinkTarget is not null:
                        links.Add(entry);
                        break;
                    default:
                        if (deep)
                        {
                            open.Push(entry);
                        }

                        break;
                }
            }
        }
    }

    private string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder, "*", Visible);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            Pass(folder, "this user may not read it");
            return [];
        }
    }

    private static HashSet<(ulong, ulong)> Above(string folder)
    {
        var above = new HashSet<(ulong, ulong)>();
        for (var parent = Path.GetDirectoryName(Path.GetFullPath(folder)); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            var status = FileStatus.Of(parent);
            above.Add((status.Device, status.Inode));
        }

        return above;
    }
}
