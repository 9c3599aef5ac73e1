using System.Numerics;

namespace FaceVoice.Training.TensorBoard;

/// <summary>The checksum of TensorFlow's record files: CRC-32C, rotated and offset so that a checksum of checksums does not degenerate.</summary>
internal static class MaskedCrc32C
{
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8u;
    }
}
