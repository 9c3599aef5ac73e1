using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FaceVoice.Training.TensorBoard;

/// <summary>Writes the few protocol-buffer field kinds that event files need, in the order of the calls.</summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ProtoMessage Integer(int field, long value)
    {
        Key(field, Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(buffer, value);
        Key(field, Fixed64);
        _bytes.Write(buffer);
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(buffer, value);
        Key(field, Fixed32);
        _bytes.Write(buffer);
        return this;
    }

    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.Written);

    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Key(field, LengthDelimited);
        WriteVarint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public ProtoMessage PackedDoubles(int field, ReadOnlySpan<double> values)
    {
        var packed = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(packed.AsSpan(i * 8), values[i]);
        }

        return Bytes(field, packed);
    }

    private void Key(int field, int kind) => WriteVarint((ulong)((field << 3) | kind));

    private void WriteVarint(ulong value)
    {
        Span<byte> buffer = stackalloc byte[10];
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            buffer[length++] = (byte)(value | 0x80);
        }

        buffer[length++] = (byte)value;
        _bytes.Write(buffer[..length]);
    }
}
