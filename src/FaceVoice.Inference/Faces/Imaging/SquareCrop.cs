using System.Numerics;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>Square crops around a face, as the small networks take them.</summary>
internal static class SquareCrop
{
    /// <summary>The square about a box's centre whose side is <paramref name="scale"/> times the box's height; it may reach outside the image.</summary>
    public static BoundingBox Around(BoundingBox box, float scale)
    {
        var half = box.Height * scale / 2;
        float x = (box.Left + box.Right) / 2, y = (box.Top + box.Bottom) / 2;
        return new BoundingBox(x - half, y - half, x + half, y + half);
    }

    /// <summary>The same square moved, and made smaller only where it must be, so that it lies inside the image.</summary>
    public static BoundingBox ShiftInside(BoundingBox square, int width, int height)
    {
        var side = Math.Min(square.Width, Math.Min(width, height));
        var left = Math.Clamp(((square.Left + square.Right) / 2) - (side / 2), 0, width - side);
        var top = Math.Clamp(((square.Top + square.Bottom) / 2) - (side / 2), 0, height - side);
        return new BoundingBox(left, top, left + side, top + side);
    }

    /// <summary>Stretches a region to <paramref name="size"/> × <paramref name="size"/>; the caller disposes the result.</summary>
    public static RgbImage Cut(RgbImage image, BoundingBox region, int size)
    {
        // Pixel centres lie at half coordinates; the sampler counts in pixel indices. Held half a pixel inside, so that edges repeat, not fade.
        var scale = new Vector2(Math.Max(region.Width, 1), Math.Max(region.Height, 1)) / size;
        var origin = new Vector2(region.Left, region.Top) + (scale / 2) - new Vector2(0.5f);
        origin = Vector2.Max(origin, Vector2.Zero);
        scale = Vector2.Min(scale, (new Vector2(image.Width - 1, image.Height - 1) - origin) / (size - 1));
        var crop = RgbImage.Allocate(size, size);
        AffineSampler.Sample(image, new Matrix3x2(scale.X, 0, 0, scale.Y, origin.X, origin.Y), crop);
        return crop;
    }
}
