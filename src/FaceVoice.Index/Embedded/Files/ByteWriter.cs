using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>A growing buffer of little-endian values. Not thread-safe.</summary>
internal sealed class ByteWriter(int capacity = 256)
{
    private byte[] _buffer = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);

    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void WriteFloats(ReadOnlySpan<float> values) => WriteBytes(MemoryMarshal.AsBytes(values));

    /// <summary>Writes a string as its UTF-8 length (16 bit) and bytes.</summary>
    public void WriteString(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        WriteUInt16(checked((ushort)size));
        Encoding.UTF8.GetBytes(value, Reserve(size));
    }

    /// <summary>Makes room for bytes that the caller fills.</summary>
    public Span<byte> Reserve(int count)
    {
        var end = checked(Length + count);
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(end, _buffer.Length * 2L)));
        }

        var room = _buffer.AsSpan(Length, count);
        Length = end;
        return room;
    }
}
