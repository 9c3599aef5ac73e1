using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>CRC-32C (Castagnoli), eight bytes at a time through the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => ~Append(uint.MaxValue, data);

    /// <summary>The checksum of two numbers followed by <paramref name="data"/>.</summary>
    public static uint Of(ulong first, ulong second, ReadOnlySpan<byte> data) =>
        ~Append(BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, first), second), data);

    private static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var value in data[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
