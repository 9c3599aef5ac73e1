using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Wire;

/// <summary>The five bytes before each message: a flag and the length of what follows, big-endian.</summary>
internal readonly record struct FrameHeader(byte Flag, uint Length)
{
    public const int Size = 5;

    /// <summary>The flag of a compressed message.</summary>
    public const byte Compressed = 1;

    /// <summary>The flag of the trailers, in gRPC-Web.</summary>
    public const byte WebTrailers = 0x80;

    /// <summary>Reads a header; false while there are fewer than five bytes.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        if (buffer.Length < Size)
        {
            header = default;
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        header = new(bytes[0], BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
        return true;
    }

    /// <summary>Writes a header to the first five bytes of <paramref name="destination"/>.</summary>
    public static void Write(Span<byte> destination, byte flag, int length)
    {
        destination[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }
}
