using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Models;

/// <summary>
/// Writes a file under a temporary name beside its place, flushes it to the disk and renames it, so that a full disk or a killed process never leaves
/// half a file under the real name. Thread-safe.
/// </summary>
public static class AtomicFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="write">Writes the content; may read and seek in what it wrote.</param>
    /// <exception cref="IOException">The disk refused; the message names the file, and the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException error)
        {
            throw new IOException($"Could not write {path}: {error.Message} What was saved before is untouched.", error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes an indented JSON file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="content">What to write.</param>
    /// <exception cref="IOException">The disk refused; the message names the file, and the old file is untouched.</exception>
    public static void WriteJson(string path, JsonNode content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            content.WriteTo(writer, Indented);
        });
    }
}
