using FaceVoice.Media.Images;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media;

/// <summary>Turns JPEG, PNG and WebP into upright RGB. Thread-safe; share one.</summary>
/// <remarks>
/// The format is taken from the first bytes, never from a file name. The structure is checked from the first byte to the format's end mark and the size
/// in the header compared with <see cref="MediaLimits.MaxPixels"/> before a pixel is decoded, so a file that is cut off is an error, not a half-grey
/// image. EXIF orientation is applied, transparent parts become black, of an animation the first image is taken. Colour profiles are ignored: values are
/// taken for sRGB.
/// </remarks>
/// <param name="limits">What an image may ask for; read at each call.</param>
public sealed class ImageDecoder(MediaLimits limits)
{
    private readonly MediaLimits _limits = limits ?? throw new ArgumentNullException(nameof(limits));

    /// <summary>Decodes an image in memory.</summary>
    /// <param name="encoded">A whole JPEG, PNG or WebP file; what trails it is ignored.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="UnsupportedMediaException">It is something else, or uses a part of the format that is not read, as arithmetic coding.</exception>
    /// <exception cref="CorruptMediaException">It is damaged, cut off or empty.</exception>
    /// <exception cref="MediaLimitException">It has more bytes or pixels than allowed, or asks for more work than an image of its size needs.</exception>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded)
    {
        LimitChecks.Bytes(encoded.Length, _limits.MaxBytes);
        var kind = MediaSignature.RequireImage(encoded.Span);
        return ImageCodec.Decode(encoded, kind, _limits.MaxPixels);
    }

    /// <summary>Decodes an image file.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <inheritdoc cref="Decode" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public RgbImage DecodeFile(string path) => Decode(BoundedFile.ReadAllBytes(path, _limits.MaxBytes));
}
