using System.Buffers.Binary;

namespace FaceVoice.Media.Signatures;

/// <summary>
/// How large a file says it is, in the containers that say so in bytes. FFmpeg takes their length from what is there, so that it is not seen
/// that the rest is missing.
/// </summary>
internal static class DeclaredSize
{
    private const int ChunkHeader = 12; // of CAF: four characters, eight bytes of size

    /// <summary>The size in bytes; null if the container is another one or does not say, as recorders do that write to a stream.</summary>
    /// <param name="head">The first bytes; may come from an untrusted file.</param>
    public static long? Of(ReadOnlySpan<byte> head)
    {
        var size = head switch
        {
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', (byte)' ', ..] => Avi(head),
            [(byte)'c', (byte)'a', (byte)'f', (byte)'f', ..] => Caf(head),
            [(byte)'r', (byte)'i', (byte)'f', (byte)'f', 0x2e, 0x91, ..] when head.Length >= 24 => BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => Asf(head),
            _ => 0,
        };
        return size > 0 ? size : null;
    }

    /// <summary>The first RIFF chunk, beyond which others may follow; its size is 0 or the largest number while it is being written.</summary>
    private static long Avi(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is > 0 and < 0xffff_0000 and var size ? size + 8L : 0;

    private static long Caf(ReadOnlySpan<byte> head)
    {
        for (var at = 8L; at <= head.Length - ChunkHeader;)
        {
            var chunk = head[(int)at..];
            var size = BinaryPrimitives.ReadInt64BigEndian(chunk[4..]);
            if (size is < 0 or > long.MaxValue / 2)
            {
                break; // -1 stands for the rest of the file, however long
            }

            at += ChunkHeader + size;
            if (chunk.StartsWith("data"u8))
            {
                return at;
            }
        }

        return 0;
    }

    /// <summary>The file's properties stand in an object of the header, among others.</summary>
    private static long Asf(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> properties = [0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65];
        const int sizeOffset = 40;
        return head.IndexOf(properties) is >= 0 and var at && at + sizeOffset + 8 <= head.Length
            ? BinaryPrimitives.ReadInt64LittleEndian(head[(at + sizeOffset)..])
            : 0;
    }
}
