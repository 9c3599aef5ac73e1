using System.Text;

namespace FaceVoice.Models.Hub;

/// <summary>
/// The cache of hub repositories on this machine, in the layout that the hub documents for all its clients: what another program has
/// downloaded is found here, and what is written here is found by others. Thread-safe; downloads of one file take turns by its lock file.
/// </summary>
/// <remarks>
/// <c>models--OWNER--NAME/blobs/HASH</c> are the files, by SHA-256 (large files) or git's SHA-1; <c>refs/REVISION</c> holds a commit;
/// <c>snapshots/COMMIT/PATH</c> are links into <c>blobs</c>. Bundles made of repositories of other formats are kept in the folder for what
/// libraries derive, <c>assets/facevoice/OWNER--NAME/COMMIT</c>.
/// </remarks>
/// <param name="root">The folder of repositories.</param>
/// <param name="assets">The folder of what libraries made of them.</param>
public sealed class HubCache(string root, string assets)
{
    private const string Prefix = "models--";

    /// <summary>The folder of repositories.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    private string Assets { get; } = Path.GetFullPath(assets);

    /// <summary>The hub's home folder: <c>HF_HOME</c>, or <c>huggingface</c> in the user's cache folder.</summary>
    public static string Home
    {
        get
        {
            var caches = Variable(
                "XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Variable("HF_HOME") ?? Path.Combine(caches, "huggingface");
        }
    }

    /// <summary>
    /// The cache that the environment names: <c>HF_HUB_CACHE</c> and <c>HF_ASSETS_CACHE</c>, or folders in <see cref="Home"/>.
    /// </summary>
    public static HubCache FromEnvironment() => new(
        Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(Home, "hub"),
        Variable("HF_ASSETS_CACHE") ?? Path.Combine(Home, "assets"));

    /// <summary>The commit that a revision meant when it was fetched last; null if no snapshot of it is here.</summary>
    /// <param name="model">The repository and revision.</param>
    public string? FindCommit(HubModelName model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var commit = model.Revision;
        if (!HubModelName.IsCommit(commit))
        {
            var reference = ReferencePath(model);
            commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : null;
        }

        return HubModelName.IsCommit(commit) && Directory.Exists(SnapshotFolder(model, commit!)) ? commit : null;
    }

    /// <summary>The folder of a repository at a commit.</summary>
    public string SnapshotFolder(HubModelName model, string commit) => Path.Combine(RepositoryFolder(model), "snapshots", commit);

    /// <summary>Where the bundle is kept that was made of a repository at a commit.</summary>
    public string BundleFolder(HubModelName model, string commit)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.Combine(Assets, "facevoice", $"{model.Owner}--{model.Name}", commit);
    }

    /// <summary>
    /// The bundles in the cache, made of repositories or repositories themselves, with their names as <c>OWNER/NAME@COMMIT</c>.
    /// </summary>
    public IEnumerable<(string Name, string Folder)> Bundles()
    {
        var made = Folders(Path.Combine(Assets, "facevoice")).Select(repository => (Path.GetFileName(repository), Bundles: repository));
        var whole = Folders(Root).Where(repository => Path.GetFileName(repository).StartsWith(Prefix, StringComparison.Ordinal))
            .Select(repository => (Path.GetFileName(repository)[Prefix.Length..], Bundles: Path.Combine(repository, "snapshots")));
        return from repository in made.Concat(whole)
               from bundle in Folders(repository.Bundles)
               where HubModelName.IsCommit(Path.GetFileName(bundle)) && IsBundle(bundle)
               select ($"{repository.Item1.Replace("--", "/", StringComparison.Ordinal)}@{Path.GetFileName(bundle)}", bundle);
    }

    /// <summary>Where a file's content is kept.</summary>
    /// <param name="model">The repository.</param>
    /// <param name="hash">SHA-256 or git's SHA-1, hexadecimal.</param>
    public string BlobPath(HubModelName model, string hash) => Path.Combine(RepositoryFolder(model), "blobs", hash);

    /// <summary>The file that whoever downloads a blob holds locked.</summary>
    public string LockPath(HubModelName model, string hash) =>
        Path.Combine(Root, ".locks", Path.GetFileName(RepositoryFolder(model)), $"{hash}.lock");

    /// <summary>Puts a file that lies in <c>blobs</c> into a snapshot; one that is there is replaced.</summary>
    /// <param name="model">The repository.</param>
    /// <param name="commit">The snapshot's commit.</param>
    /// <param name="file">The file's path in the repository, with slashes, already checked by <see cref="IsSafePath"/>.</param>
    /// <param name="hash">The blob.</param>
    /// <exception cref="IOException">The link cannot be made.</exception>
    public void Link(HubModelName model, string commit, string file, string hash)
    {
        if (!IsSafePath(file))
        {
            throw new ArgumentException($"'{file}' would leave the folder.", nameof(file));
        }

        var path = Path.Combine(SnapshotFolder(model, commit), file);
        var up = string.Concat(Enumerable.Repeat("../", 2 + file.Count(c => c == '/')));
        var target = $"{up}blobs/{hash}";
        if (new FileInfo(path) is { LinkTarget: { } present } && present == target)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Notes which commit a branch or tag means; nothing to do for a commit.</summary>
    public void WriteReference(HubModelName model, string commit)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!HubModelName.IsCommit(model.Revision))
        {
            var path = ReferencePath(model);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(commit)));
        }
    }

    /// <summary>Whether a file's path in a repository stays inside the folder it is written to, on any system.</summary>
    /// <param name="path">As the hub's list of files has it.</param>
    public static bool IsSafePath(string? path) =>
        path is { Length: > 0 and <= 1024 } && path.Split('/').All(part =>
            part.Length is > 0 and <= 255 && part is not ("." or "..") && !part.Any(c => char.IsControl(c) || c is '\\' or ':'));

    private static string[] Folders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    /// <summary>Repositories of others may have a manifest.json of another kind.</summary>
    private static bool IsBundle(string folder)
    {
        var manifest = Path.Combine(folder, ModelBundle.ManifestFile);
        try
        {
            return File.Exists(manifest) && ModelManifest.Parse(File.ReadAllBytes(manifest), manifest).SchemaVersion > 0;
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }

    private string RepositoryFolder(HubModelName model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.Combine(Root, $"{Prefix}{model.Owner}--{model.Name}");
    }

    private string ReferencePath(HubModelName model) => Path.Combine(RepositoryFolder(model), "refs", model.Revision);

    private static string? Variable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? null
            : value.StartsWith("~/", StringComparison.Ordinal)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), value[2..])
            : value;
    }
}
