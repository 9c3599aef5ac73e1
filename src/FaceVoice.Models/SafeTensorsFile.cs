using System.Collections.ObjectModel;
using FaceVoice.Models.SafeTensors;

namespace FaceVoice.Models;

/// <summary>A set of named tensors and free text metadata, read from or written to the safetensors format.</summary>
/// <remarks>
/// Format: 8 bytes little-endian header length, a JSON header, then the raw values, little endian and row-major. The reader is strict: the header's
/// length and every offset are checked against the file, ranges may not overlap or leave gaps, names are unique, shapes agree with byte counts.
/// Half precision and bfloat16 become float32; booleans and integers become int64; unsigned 64-bit and 8-bit floating types are refused.
/// </remarks>
public sealed class SafeTensorsFile
{
    /// <summary>Makes a set to be written.</summary>
    /// <param name="tensors">The tensors, in the order in which they are written; names must be unique.</param>
    /// <param name="metadata">Free text pairs; null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or used twice.</exception>
    public SafeTensorsFile(IEnumerable<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Tensors = NamedTensorSet.Check(tensors);
        Metadata = metadata ?? ReadOnlyDictionary<string, string>.Empty;
    }

    /// <summary>The tensors by name, in file order.</summary>
    public IReadOnlyDictionary<string, NamedTensor> Tensors { get; }

    /// <summary>The free text of the <c>__metadata__</c> entry; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">The file is not well-formed; the message says where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafeTensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        return SafeTensorsReader.Read(stream, Path.GetFileName(path));
    }

    /// <summary>Writes a file next to its place and moves it there, so that no half-written file is ever seen.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, this));
}
