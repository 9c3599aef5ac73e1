using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>
/// A region averaged down by whole factors, and how its pixels lie in the original: pixel (x, y) covers the block that starts at
/// (<c>OriginX + x·FactorX</c>, <c>OriginY + y·FactorY</c>). Owns its pooled image.
/// </summary>
internal sealed class ShrunkImage(RgbImage image, int originX, int originY, int factorX, int factorY) : IDisposable
{
    public RgbImage Image => image;

    public int OriginX => originX;

    public int OriginY => originY;

    public int FactorX => factorX;

    public int FactorY => factorY;

    public void Dispose() => image.Dispose();
}

/// <summary>A rectangle of whole pixels inside an image.</summary>
internal readonly record struct PixelRegion(int X, int Y, int Width, int Height);
