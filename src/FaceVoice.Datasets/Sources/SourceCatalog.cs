using System.IO.Enumeration;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Sources;

/// <summary>One video, or images and audio files that share a stem. Immutable.</summary>
public sealed record ExtractionSource
{
    /// <summary>
    /// Gets the name under which the source is reported: its path below the folder or pattern that was given, with <c>/</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Gets what names the source in file names and sample ids: letters, digits, <c>._-</c>; the same on every machine.</summary>
    public required string Id { get; init; }

    /// <summary>Gets who is in it; sources of one person share the name of the person, a folder name.</summary>
    public required SourceIdentity Identity { get; init; }

    /// <summary>Gets the video file, or null for images with audio.</summary>
    public string? Video { get; init; }

    /// <summary>Gets the still images, in order; empty for a video.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Gets the audio files, in order; empty for a video.</summary>
    public IReadOnlyList<string> Recordings { get; init; } = [];
}

/// <summary>What files, folders and patterns name.</summary>
/// <param name="Sources">The sources, in order of their names.</param>
/// <param name="PassedOver">What was named or found and is not used.</param>
public sealed record SourceList(IReadOnlyList<ExtractionSource> Sources, IReadOnlyList<PassedOver> PassedOver)
{
    /// <summary>Gets what is to be said of who is taken for whom, before the work begins; see <see cref="IdentityGrouping"/>.</summary>
    public IReadOnlyList<string> Notes { get; } = IdentityGrouping.Notes([.. Sources.Select(source => (source.Name, source.Identity))]);
}

/// <summary>Finds the sources that files, folders and glob patterns name.</summary>
public static class SourceCatalog
{
    /// <summary>Lists the sources; a file that is named twice, or found under two names, counts once.</summary>
    /// <param name="inputs">Files, folders (searched to the bottom) and patterns with <c>* ? **</c>.</param>
    /// <param name="identities">Tells who is in a source.</param>
    /// <returns>
    /// Videos, and images with the audio files of the same stem. An image beside a video of the same stem is its thumbnail and is left out.
    /// </returns>
    /// <exception cref="FileNotFoundException">No input names anything.</exception>
    /// <exception cref="FormatException">The identity pattern finds nobody in a name.</exception>
    public static SourceList Find(IReadOnlyList<string> inputs, IdentityRule identities)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(identities);
        var search = new FileSearch();
        var files = WithoutTwins(inputs.SelectMany(input => Expand(input, search)), search);
        if (files.Count == 0 && search.PassedOver.FirstOrDefault(entry => inputs.Contains(entry.Path)) is { } nothing)
        {
            throw new FileNotFoundException($"{nothing.Path} cannot be used: {nothing.Reason}.");
        }

        var ambiguous = files.GroupBy(file => file.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var groups = files
            .Select(file => ambiguous.Contains(file.Name) ? file with { Name = file.Path.TrimStart('/') } : file)
            .GroupBy(file => IdentityRule.WithoutExtension(file.Name), StringComparer.Ordinal);
        var sources = groups.SelectMany(group => ToSources(group.Key, [.. group], identities)).OrderBy(source => source.Name, StringComparer.Ordinal);
        return new([.. sources], search.PassedOver);
    }

    private static IEnumerable<ExtractionSource> ToSources(string stem, IReadOnlyList<NamedFile> files, IdentityRule identities)
    {
        var videos = files.Where(file => file.Type is MediaType.Video or null).ToList();
        foreach (var video in videos)
        {
            yield return new ExtractionSource
            {
                Name = video.Name,
                Id = IdOf(video.Name),
                Identity = identities.IdentityOf(video.Name),
                Video = video.Path,
            };
        }

        if (videos.Count == 0)
        {
            yield return new ExtractionSource
            {
                Name = files.Count == 1 ? files[0].Name : stem,
                Id = IdOf(stem),
                Identity = identities.IdentityOf(stem),
                Images = PathsOf(MediaType.Image),
                Recordings = PathsOf(MediaType.Audio),
            };
        }

        string[] PathsOf(MediaType type) => [.. files.Where(file => file.Type == type).Select(file => file.Path).Order(StringComparer.Ordinal)];
    }

    /// <summary>The hash keeps names apart that become equal as file names or differ in their extension only.</summary>
    private static string IdOf(string name) =>
        $"{IdentityRule.ToFileName(IdentityRule.WithoutExtension(name).Replace('/', '-'))}-{IdentityRule.Hash(name)}";

    /// <summary>Of paths that lead to one file, the first that is no link, else the first, is kept.</summary>
    private static List<NamedFile> WithoutTwins(IEnumerable<NamedFile> found, FileSearch search)
    {
        var kept = new List<NamedFile>();
        var files = found.DistinctBy(file => file.Path).Select((file, place) => (File: file, Place: place, Status: FileStatus.Of(file.Path)));
        foreach (var twins in files.GroupBy(entry => (entry.Status.Device, entry.Status.Inode)))
        {
            var first = twins.OrderBy(entry => new FileInfo(entry.File.Path).LinkTarget is not null).ThenBy(entry => entry.Place).First().File;
            kept.Add(first);
            foreach (var (twin, _, _) in twins.Where(entry => entry.File.Path != first.Path))
            {
                search.Pass(twin.Path, $"it is the same file as {first.Path}");
            }
        }

        return kept;
    }

    private static IEnumerable<NamedFile> Expand(string input, FileSearch search)
    {
        var status = FileStatus.Of(input);
        if (status.Kind != FileKind.Nothing)
        {
            if (status.Trouble is { } trouble)
            {
                search.Pass(input, trouble);
                return [];
            }

            // A file is taken whatever its extension: it was asked for.
            return status.Kind == FileKind.File
                ? [new NamedFile(Path.GetFullPath(input), Path.GetFileName(input), MediaTypes.Of(input))]
                : Below(Path.GetFullPath(input), search, _ => true);
        }

        var isPattern = input.AsSpan().IndexOfAny('*', '?') >= 0;
        var found = isPattern ? Glob(input, search).ToList() : [];
        if (found.Count == 0)
        {
            search.Pass(input, isPattern ? "nothing matches it" : status.Trouble!);
        }

        return found;
    }

    private static IEnumerable<NamedFile> Glob(string pattern, FileSearch search)
    {
        var parts = Path.GetFullPath(pattern).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var wild = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        var root = "/" + string.Join('/', parts[..wild]);
        return Directory.Exists(root) ? Below(root, search, name => Matches(name.Split('/'), parts.AsSpan(wild))) : [];
    }

    private static bool Matches(ReadOnlySpan<string> name, ReadOnlySpan<string> pattern)
    {
        if (pattern.IsEmpty)
        {
            return name.IsEmpty;
        }

        if (pattern[0] == "**")
        {
            return Matches(name, pattern[1..]) || (!name.IsEmpty && Matches(name[1..], pattern));
        }

        return !name.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern[0], name[0], ignoreCase: false) && Matches(name[1..], pattern[1..]);
    }

    private static IEnumerable<NamedFile> Below(string root, FileSearch search, Func<string, bool> wanted) => search.Below(root)
        .Select(path => new NamedFile(path, Path.GetRelativePath(root, path), MediaTypes.Of(path)))
        .Where(file => file.Type is not null && wanted(file.Name));

    private sealed record NamedFile(string Path, string Name, MediaType? Type);
}
