using System.Collections.Frozen;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media;

/// <summary>What a file's extension promises.</summary>
public enum MediaType
{
    /// <summary>A still image.</summary>
    Image,

    /// <summary>Audio alone.</summary>
    Audio,

    /// <summary>Video, with audio or without.</summary>
    Video,
}

/// <summary>
/// The extensions by which files are chosen out of folders: those of the kinds that the decoders read. Only the choice goes by them; what a file
/// is, its first bytes tell. Thread-safe.
/// </summary>
public static class MediaTypes
{
    private static readonly FrozenDictionary<string, MediaType> Read = Collect(kind => kind.Family != MediaFamily.Refused);
    private static readonly FrozenDictionary<string, MediaType> Known = Collect(_ => true);

    /// <summary>Gets all extensions that are read, in lower case with their dots, in order.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. Read.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Tells what a file promises to be.</summary>
    /// <param name="path">A file name or path.</param>
    /// <returns>The type, or null if files of that name are not read.</returns>
    public static MediaType? Of(string path) => Find(path, Read);

    /// <summary>Tells what a file promises to be, those included that the decoders refuse with a word about what to do, as HEIC.</summary>
    /// <param name="path">A file name or path.</param>
    /// <returns>The type, or null if the name says nothing.</returns>
    public static MediaType? Claimed(string path) => Find(path, Known);

    private static MediaType? Find(string path, FrozenDictionary<string, MediaType> types)
    {
        ArgumentNullException.ThrowIfNull(path);
        return types.TryGetValue(Path.GetExtension(path), out var type) ? type : null;
    }

    private static FrozenDictionary<string, MediaType> Collect(Func<MediaKind, bool> wanted) => MediaSignature.All
        .Where(wanted)
        .SelectMany(kind => Pairs(kind.ImageExtensions, MediaType.Image).Concat(Pairs(kind.AudioExtensions, MediaType.Audio)).Concat(Pairs(kind.VideoExtensions, MediaType.Video)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<KeyValuePair<string, MediaType>> Pairs(string extensions, MediaType type) =>
        extensions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(extension => KeyValuePair.Create(extension, type));
}
