using FaceVoice.Media;

namespace FaceVoice.Cli;

/// <summary>Reads a named file whole, within the limits for media.</summary>
internal static class MediaFile
{
    private static readonly MediaLimits Limits = new();

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is larger than media may be.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException("No such file.", path);
        }

        return file.Length <= Limits.MaxBytes
            ? await File.ReadAllBytesAsync(path, cancellationToken)
            : throw new IOException($"{path} has {file.Length} bytes; at most {Limits.MaxBytes} are read.");
    }
}
