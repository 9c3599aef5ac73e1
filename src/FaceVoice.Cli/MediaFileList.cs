using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli;

/// <summary>The files that a command was given: files as they are, folders as their files in order of name.</summary>
internal static class MediaFileList
{
    public static IReadOnlyList<string> Expand(IEnumerable<string> given)
    {
        var files = given.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal) : Enumerable.Repeat(path, 1)).ToArray();
        return files.Length > 0 ? files : throw new UsageException("the folders that were given hold no files.");
    }
}
