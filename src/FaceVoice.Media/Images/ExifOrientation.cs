using System.Buffers.Binary;

namespace FaceVoice.Media.Images;

/// <summary>Reads the one EXIF tag that matters here.</summary>
/// <remarks>
/// ImageSharp's <c>ExifProfile</c> reads all tags, each of which may name all 64 kB of the profile as its value: a crafted profile keeps it busy for
/// many seconds. This looks at the first directory only.
/// </remarks>
internal static class ExifOrientation
{
    public const int Upright = 1;
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;

    /// <summary>1 to 8; 1 where the profile is damaged or says nothing.</summary>
    /// <param name="profile">The TIFF structure, with or without <c>Exif\0\0</c> before it.</param>
    public static int Read(ReadOnlySpan<byte> profile)
    {
        if (profile.StartsWith("Exif\0\0"u8))
        {
            profile = profile[6..];
        }

        var bigEndian = profile.StartsWith("MM\0*"u8);
        if (profile.Length < 10 || !(bigEndian || profile.StartsWith("II*\0"u8)))
        {
            return Upright;
        }

        var start = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(profile[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(profile[4..]);
        if (start > profile.Length - 2)
        {
            return Upright;
        }

        var count = Short(profile[(int)start..], bigEndian);
        for (var entry = profile[((int)start + 2)..]; count > 0 && entry.Length >= 12; entry = entry[12..], count--)
        {
            if (Short(entry, bigEndian) == OrientationTag && Short(entry[2..], bigEndian) == ShortType)
            {
                return Short(entry[8..], bigEndian) is var value and >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
