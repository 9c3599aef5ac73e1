using FaceVoice.Media.Images;

namespace FaceVoice.Media;

/// <summary>Writes RGB images as JPEG or PNG. Thread-safe.</summary>
public static class ImageEncoder
{
    /// <summary>Encodes as baseline JPEG.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">1 (small) to 100 (best); from 90 on colours keep their full resolution (4:4:4).</param>
    /// <returns>The bytes of a whole file.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is outside 1 to 100.</exception>
    public static byte[] EncodeJpeg(RgbImage image, int quality = 95)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return ImageCodec.EncodeJpeg(image, quality);
    }

    /// <summary>Encodes as PNG, without loss.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The bytes of a whole file.</returns>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ImageCodec.EncodePng(image);
    }
}
