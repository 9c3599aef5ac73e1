using System.Buffers.Binary;
using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Embedded.Log;

/// <summary>
/// The log's bytes. Header: <c>"FVLOG001"[uid 16][crc32c u32][0 u32]</c>. Then frames:
/// <c>[length u32][sequence u64][crc32c of the two before u32][sealed content, length bytes]</c>, little-endian, sequences rising by one.
/// The frame header has a checksum of its own, so that a damaged length is not taken for a frame that was being written.
/// </summary>
internal static class LogFormat
{
    public const int HeaderBytes = 32;
    public const int FrameHeaderBytes = 16;
    public const int MaxFrameBytes = 1 << 30;
    public const ulong Stream = 1;
    private static ReadOnlySpan<byte> Magic => "FVLOG001"u8;

    public static void WriteHeader(Span<byte> header, Guid uid)
    {
        header.Clear();
        Magic.CopyTo(header);
        uid.TryWriteBytes(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], Crc32C.Of(header[..24]));
    }

    public static bool IsHeader(ReadOnlySpan<byte> header, Guid uid)
    {
        Span<byte> expected = stackalloc byte[HeaderBytes];
        WriteHeader(expected, uid);
        return header.SequenceEqual(expected);
    }

    public static void WriteFrameHeader(Span<byte> header, int length, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Of(header[..12]));
    }

    /// <summary>Reads a frame header; false when its checksum is wrong or its length impossible.</summary>
    public static bool TryReadFrameHeader(ReadOnlySpan<byte> header, out int length, out ulong sequence)
    {
        length = (int)BinaryPrimitives.ReadUInt32LittleEndian(header);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(header[4..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == Crc32C.Of(header[..12]) && length is > 0 and <= MaxFrameBytes;
    }
}
