using System.IO.Enumeration;

namespace FaceVoice.Datasets.Extraction;

/// <summary>Finds the sources that files, folders and glob patterns name.</summary>
public static class SourceCatalog
{
    private const int DeepestFolder = 32;

    private static readonly HashSet<string> Videos = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".flv", ".wmv", ".asf", ".3gp", ".ogv",
    };

    private static readonly HashSet<string> Sounds = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".caf", ".au", ".amr", ".wma", ".wv", ".mka", ".g722",
    };

    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp" };

    /// <summary>Lists the sources, in order of their names; a file named twice counts once.</summary>
    /// <param name="inputs">Files, folders (searched to the bottom) and patterns with <c>* ? **</c>.</param>
    /// <param name="identities">Tells who is in a source.</param>
    /// <returns>
    /// Videos, and pictures with the sound files of the same stem. A picture beside a video of the same stem is its thumbnail and is left out.
    /// </returns>
    /// <exception cref="FileNotFoundException">An input names nothing.</exception>
    /// <exception cref="FormatException">The identity pattern finds nobody in a name.</exception>
    public static IReadOnlyList<ExtractionSource> Find(IEnumerable<string> inputs, IdentityRule identities)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(identities);
        var files = inputs.SelectMany(Expand).DistinctBy(file => file.Path).ToList();
        var ambiguous = files.GroupBy(file => file.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var groups = files
            .Select(file => ambiguous.Contains(file.Name) ? file with { Name = file.Path.TrimStart('/') } : file)
            .GroupBy(file => IdentityRule.WithoutExtension(file.Name), StringComparer.Ordinal);
        return [.. groups.SelectMany(group => ToSources(group.Key, [.. group], identities)).OrderBy(source => source.Name, StringComparer.Ordinal)];
    }

    internal static MediaFileKind KindOf(string path) => Path.GetExtension(path) switch
    {
        var extension when Videos.Contains(extension) => MediaFileKind.Video,
        var extension when Sounds.Contains(extension) => MediaFileKind.Sound,
        var extension when Pictures.Contains(extension) => MediaFileKind.Picture,
        _ => MediaFileKind.Other,
    };

    private static IEnumerable<ExtractionSource> ToSources(string stem, IReadOnlyList<NamedFile> files, IdentityRule identities)
    {
        var videos = files.Where(file => file.Kind is MediaFileKind.Video or MediaFileKind.Other).ToList();
        foreach (var video in videos)
        {
            yield return new ExtractionSource { Name = video.Name, Id = IdOf(video.Name), Identity = identities.IdentityOf(video.Name), Video = video.Path };
        }

        if (videos.Count == 0)
        {
            yield return new ExtractionSource
            {
                Name = files.Count == 1 ? files[0].Name : stem,
                Id = IdOf(stem),
                Identity = identities.IdentityOf(stem),
                Pictures = PathsOf(MediaFileKind.Picture),
                Sounds = PathsOf(MediaFileKind.Sound),
            };
        }

        string[] PathsOf(MediaFileKind kind) => [.. files.Where(file => file.Kind == kind).Select(file => file.Path).Order(StringComparer.Ordinal)];
    }

    /// <summary>The hash keeps names apart that become equal as file names or differ in their extension only.</summary>
    private static string IdOf(string name) =>
        $"{IdentityRule.ToFileName(IdentityRule.WithoutExtension(name).Replace('/', '-'))}-{IdentityRule.Hash(name)}";

    private static IEnumerable<NamedFile> Expand(string input)
    {
        if (File.Exists(input))
        {
            return [new NamedFile(Path.GetFullPath(input), Path.GetFileName(input), KindOf(input))]; // whatever its extension: it was asked for
        }

        if (Directory.Exists(input))
        {
            return Below(Path.GetFullPath(input), _ => true);
        }

        if (input.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            var found = Glob(input).ToList();
            return found.Count > 0 ? found : throw new FileNotFoundException($"Nothing matches {input}.", input);
        }

        throw new FileNotFoundException($"There is no file or folder {input}.", input);
    }

    private static IEnumerable<NamedFile> Glob(string pattern)
    {
        var parts = Path.GetFullPath(pattern).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var wild = Array.FindIndex(parts, part => part.AsSpan().IndexOfAny('*', '?') >= 0);
        var root = "/" + string.Join('/', parts[..wild]);
        return Directory.Exists(root) ? Below(root, name => Matches(name.Split('/'), parts.AsSpan(wild))) : [];
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

    private static IEnumerable<NamedFile> Below(string root, Func<string, bool> wanted)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = DeepestFolder };
        return Directory.EnumerateFiles(root, "*", options)
            .Select(path => new NamedFile(path, Path.GetRelativePath(root, path), KindOf(path)))
            .Where(file => file.Kind != MediaFileKind.Other && wanted(file.Name));
    }

    private sealed record NamedFile(string Path, string Name, MediaFileKind Kind);
}
