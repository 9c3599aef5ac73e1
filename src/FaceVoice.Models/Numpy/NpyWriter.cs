using System.Buffers.Binary;
using System.Text;

namespace FaceVoice.Models.Numpy;

/// <summary>Writes version 1 of the format, the header padded so that the values start at a multiple of 64.</summary>
internal static class NpyWriter
{
    private const int Prefix = 10;

    public static void Write(Stream stream, NamedTensor tensor)
    {
        var descr = tensor.ElementType switch
        {
            TensorElementType.Float32 => "<f4",
            TensorElementType.Float64 => "<f8",
            _ => "<i8",
        };
        var sizes = tensor.Shape.Count == 1 ? $"{tensor.Shape[0]}," : string.Join(", ", tensor.Shape);
        var header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var padded = ((Prefix + header.Length + 1 + 63) / 64 * 64) - Prefix;
        header = header.PadRight(padded - 1) + '\n';

        Span<byte> prefix = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)header.Length);
        stream.Write(prefix);
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(StoredElement.Encode(tensor));
    }
}
