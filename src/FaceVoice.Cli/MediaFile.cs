using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Sources;
using FaceVoice.Media;

namespace FaceVoice.Cli;

/// <summary>Reads a named file whole, within the limits for media.</summary>
internal static class MediaFile
{
    /// <summary>Stands for standard input or output where a file is meant.</summary>
    public const string Standard = "-";

    private static readonly MediaLimits Limits = new();

    /// <summary>Reads a file, a pipe, or standard input.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is larger than media may be.</exception>
    /// <exception cref="UsageException">Standard input is meant, and is a terminal.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path == Standard && !Console.IsInputRedirected)
        {
            throw new UsageException("'-' reads standard input, which is a terminal: redirect a file into it.");
        }

        if (path != Standard && new FileInfo(path) is { Exists: true, Length: > 0 } file)
        {
            return file.Length <= Limits.MaxBytes
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new IOException($"{path} has {file.Length} bytes; at most {Limits.MaxBytes} are read.");
        }

        // A pipe tells no length.
        await using var stream = path == Standard ? Console.OpenStandardInput() : File.OpenRead(path);
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
            if (content.Length > Limits.MaxBytes)
            {
                throw new IOException($"{(path == Standard ? "Standard input" : path)} has more than {Limits.MaxBytes} bytes; at most that many are read.");
            }
        }

        return content.ToArray();
    }
}

/// <summary>The files that a command was given: files as they are, folders as their files in order of name, <c>-</c> for standard input.</summary>
/// <param name="Files">What can be read.</param>
/// <param name="PassedOver">What cannot, and why.</param>
internal sealed record MediaFileList(IReadOnlyList<string> Files, IReadOnlyList<PassedOver> PassedOver)
{
    /// <summary>Gets whether a single file was named, not a folder or several.</summary>
    public required bool IsOne { get; init; }

    /// <exception cref="UsageException">Nothing was named but folders without files, or standard input more than once.</exception>
    public static MediaFileList Expand(IReadOnlyList<string> given)
    {
        if (given.Count(path => path == MediaFile.Standard) > 1)
        {
            throw new UsageException("'-' can be given once: there is one standard input.");
        }

        var search = new FileSearch();
        var files = given.SelectMany(path => path == MediaFile.Standard ? [path] : search.Expand([path], deep: false)).ToArray();
        return files.Length + search.PassedOver.Count > 0
            ? new(files, search.PassedOver) { IsOne = given.Count == 1 && (given[0] == MediaFile.Standard || !Directory.Exists(given[0])) }
            : throw new UsageException("the folders that were given hold no files.");
    }
}
