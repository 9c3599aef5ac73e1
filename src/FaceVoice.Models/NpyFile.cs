using FaceVoice.Models.Numpy;

namespace FaceVoice.Models;

/// <summary>Reads and writes numpy's .npy format: one tensor. Thread-safe.</summary>
/// <remarks>
/// Read: versions 1 to 3, either byte order, C or Fortran order (the tensor is row-major all the same), kinds f2 f4 f8, i1 to i8, u1 to u4 and b1
/// (widened as <see cref="TensorElementType"/> says). Object arrays (pickles) are refused. Written: version 1, f4, f8 or i8.
/// </remarks>
public static class NpyFile
{
    /// <summary>Reads a file; the tensor is named after it, without the extension.</summary>
    /// <exception cref="ModelFormatException">The file is not a .npy file of a supported kind.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NamedTensor Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        return Read(stream, Path.GetFileNameWithoutExtension(path), stream.Length);
    }

    /// <summary>Reads one .npy from a stream that need not be seekable.</summary>
    /// <param name="stream">Positioned at the magic bytes; read no further than the values.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="maxBytes">The most that header and values may take; a shape that asks for more is refused before memory is taken.</param>
    /// <exception cref="ModelFormatException">Not a .npy of a supported kind, truncated, or too large.</exception>
    public static NamedTensor Read(Stream stream, string name, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return NpyReader.Read(stream, name, maxBytes);
    }

    /// <summary>Writes a file next to its place and moves it there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, NamedTensor tensor) => AtomicFile.Write(path, stream => Write(stream, tensor));

    /// <summary>Writes one .npy to a stream.</summary>
    public static void Write(Stream stream, NamedTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensor);
        NpyWriter.Write(stream, tensor);
    }

    /// <summary>Writes single precision values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">Sizes, outermost first, such as <c>[192]</c> for one embedding.</param>
    /// <param name="values">Row-major values.</param>
    public static void Write(string path, ReadOnlySpan<long> shape, ReadOnlySpan<float> values) =>
        Write(path, new NamedTensor(Path.GetFileNameWithoutExtension(path), shape, values.ToArray()));
}
