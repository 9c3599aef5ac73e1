using System.Globalization;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Images;

/// <summary>What an image file says of itself, read and checked before any pixel is decoded, and the bytes that the decoder is given.</summary>
/// <remarks>
/// ImageSharp's decoders take what is cut off or in the wrong order for whole: they fill up with grey or black, and a few crafted files
/// make them loop
/// without end or read beyond a buffer. So the structure is walked here, from the first byte to the end that the format names, and the
/// decoders see only
/// what passed. Their own way to ask for a size, <c>Identify</c>, would read and check all data chunks of a PNG and a WebP once more.
/// </remarks>
/// <param name="Width">Width in pixels as stored, before <paramref name="Orientation"/>; within the limits.</param>
/// <param name="Height">Height in pixels as stored.</param>
/// <param name="HasAlpha">Whether pixels can be transparent.</param>
/// <param name="Orientation">EXIF orientation, 1 (upright) to 8.</param>
/// <param name="Data">The image without what trails it.</param>
internal sealed record ImageFile(int Width, int Height, bool HasAlpha, int Orientation, ReadOnlyMemory<byte> Data)
{
    /// <summary>Gets, of a JPEG with luma and halved chroma, how it is halved; null of all others.</summary>
    public HalvedChroma? Chroma { get; init; }

    /// <summary>JPEG cannot be longer; the decoders compute the length of a row in 32 bits.</summary>
    private const int LongestSide = 65_535;

    /// <summary>Walks a file of a known format.</summary>
    /// <exception cref="CorruptMediaException">It is damaged or cut off.</exception>
    /// <exception cref="UnsupportedMediaException">It uses a part of the format that is not read.</exception>
    /// <exception cref="MediaLimitException">It has more pixels than allowed, or asks for more work than any image of its size needs.</exception>
    public static ImageFile Open(ReadOnlyMemory<byte> encoded, MediaKind kind, long maxPixels) =>
        kind == MediaSignature.Jpeg ? JpegFile.Open(encoded, maxPixels)
        : kind == MediaSignature.Png ? PngFile.Open(encoded, maxPixels)
        : WebpFile.Open(encoded, maxPixels);

    /// <summary>Holds the size in a header against what is allowed, before anything of that size is allocated.</summary>
    public static void CheckSize(int width, int height, long maxPixels)
    {
        LimitChecks.Pixels(width, height, maxPixels);
        if (Math.Max(width, height) > LongestSide)
        {
            throw new MediaLimitException(string.Create(
                CultureInfo.InvariantCulture, $"The image has {width}x{height} pixels; {LongestSide:N0} a side are allowed."));
        }
    }
}

/// <summary>A JPEG whose two chroma components have half as many columns as its luma, or half as many rows too.</summary>
/// <param name="FramePosition">Where the frame header's marker is, in bytes.</param>
/// <param name="IsHalvedDown">Whether the rows are halved too.</param>
internal readonly record struct HalvedChroma(int FramePosition, bool IsHalvedDown);
