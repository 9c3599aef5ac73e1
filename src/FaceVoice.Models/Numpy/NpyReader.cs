using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FaceVoice.Models.Numpy;

/// <summary>
/// Reads the .npy format as numpy's own <c>lib/format.py</c> describes it. The header is a Python dictionary literal; the one form that numpy
/// writes is matched, nothing is evaluated.
/// </summary>
internal static partial class NpyReader
{
    private const int MaxHeaderBytes = 64 * 1024;

    public static NamedTensor Read(Stream stream, string name, long maxBytes)
    {
        try
        {
            var header = ReadHeader(stream, name, out var headerBytes);
            var (element, shape, count, isBigEndian, isFortran) = ParseHeader(header, name);
            var size = (long)count * element.Size;
            if (size > maxBytes - headerBytes || size > Array.MaxLength)
            {
                throw new ModelFormatException($"{name}: the array of shape {TensorShape.Describe(shape)} needs {size} bytes, more than the file or the limit holds.");
            }

            var bytes = new byte[size];
            stream.ReadExactly(bytes);
            if (isBigEndian)
            {
                for (var at = 0; at < bytes.Length; at += element.Size)
                {
                    bytes.AsSpan(at, element.Size).Reverse();
                }
            }

            return NamedTensor.Over(name, shape, element.Decode(isFortran ? RowMajor(bytes, shape, element.Size) : bytes));
        }
        catch (EndOfStreamException error)
        {
            throw new ModelFormatException($"{name}: the .npy data end too early.", error);
        }
    }

    private static string ReadHeader(Stream stream, string name, out int headerBytes)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8) || start[6] is < 1 or > 3)
        {
            throw new ModelFormatException($"{name}: not a .npy file of version 1 to 3.");
        }

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        var lengthSize = start[6] == 1 ? 2 : 4;
        stream.ReadExactly(lengthBytes[..lengthSize]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
        {
            throw new ModelFormatException($"{name}: a .npy header of {length} bytes is too long.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        headerBytes = start.Length + lengthSize + header.Length;
        return Encoding.Latin1.GetString(header);
    }

    /// <summary>The elements of a column-major array in row-major order.</summary>
    private static byte[] RowMajor(byte[] columns, long[] shape, int size)
    {
        var rows = new byte[columns.Length];
        var (place, strides) = (new long[shape.Length], new long[shape.Length]);
        long stride = size;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            (strides[axis], stride) = (stride, stride * shape[axis]);
        }

        long from = 0;
        for (var to = 0; to < rows.Length; to += size)
        {
            columns.AsSpan((int)from, size).CopyTo(rows.AsSpan(to));

            // The last index runs fastest; one that overflows begins anew and moves the one before it.
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++place[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                place[axis] = 0;
            }
        }

        return rows;
    }

    private static (StoredElement Element, long[] Shape, int Count, bool IsBigEndian, bool IsFortran) ParseHeader(string header, string name)
    {
        var match = HeaderPattern().Match(header);
        if (!match.Success)
        {
            throw new ModelFormatException($"{name}: the .npy header is not the dictionary that numpy writes.");
        }

        var descr = match.Groups["descr"].Value;
        var element = (descr is ['<' or '>' or '|', ..] ? StoredElement.OfNumpy(descr.AsSpan(1)) : null)
            ?? throw new ModelFormatException($"{name}: only arrays of numbers are read, not '{descr}'.");

        var sizes = match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var shape = new long[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (!long.TryParse(sizes[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new ModelFormatException($"{name}: '{sizes[i]}' is not a size.");
            }
        }

        return TensorShape.TryCount(shape, out var count)
            ? (element, shape, count, descr[0] == '>', match.Groups["fortran"].Value == "True")
            : throw new ModelFormatException($"{name}: the shape {TensorShape.Describe(shape)} is too large.");
    }

    [GeneratedRegex(@"^\{'descr': '(?<descr>[^']{2,8})', 'fortran_order': (?<fortran>True|False), 'shape': \((?<shape>[0-9L, ]*)\),? ?\}\s*$")]
    private static partial Regex HeaderPattern();
}
