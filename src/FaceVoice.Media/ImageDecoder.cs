using FaceVoice.Media.Images;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media;

/// <summary>Turns JPEG, PNG and WebP into upright RGB. Thread-safe; share one.</summary>
/// <remarks>
/// The kind is taken from the first bytes, never from a file name. The size in the header is held against
/// <see cref="MediaLimits.MaxPixels"/> before a pixel is decoded. EXIF orientation is applied, every colour space becomes sRGB, transparent
/// parts become black, of an animation the first picture is taken. Damaged data are an error, not a half-grey picture.
/// </remarks>
/// <param name="limits">What a picture may ask for; read at each call.</param>
public sealed class ImageDecoder(MediaLimits limits)
{
    private readonly MediaLimits _limits = limits ?? throw new ArgumentNullException(nameof(limits));

    /// <summary>Loads the native library if that has not happened yet and says which version it is.</summary>
    /// <exception cref="ImageLibraryUnavailableException">It cannot be loaded.</exception>
    public static Version LibraryVersion => VipsRuntime.EnsureLoaded();

    /// <summary>Decodes a picture in memory.</summary>
    /// <param name="encoded">A whole JPEG, PNG or WebP file.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="UnsupportedMediaException">It is something else.</exception>
    /// <exception cref="CorruptMediaException">It is damaged, cut off or empty.</exception>
    /// <exception cref="MediaLimitException">It has more bytes or pixels than allowed.</exception>
    /// <exception cref="ImageLibraryUnavailableException">The native library cannot be loaded.</exception>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded)
    {
        LimitChecks.Bytes(encoded.Length, _limits.MaxBytes);
        var kind = MediaSignature.RequireImage(encoded.Span);
        return VipsCodec.Decode(encoded, kind, _limits.MaxPixels);
    }

    /// <summary>Decodes a picture file.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <inheritdoc cref="Decode" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public RgbImage DecodeFile(string path) => Decode(BoundedFile.ReadAllBytes(path, _limits.MaxBytes));
}
