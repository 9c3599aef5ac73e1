namespace FaceVoice.Inference.Faces;

/// <summary>An upright rectangle in pixels of the image it was found in; x grows to the right, y downwards.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Right">The right edge, not below <paramref name="Left"/>.</param>
/// <param name="Bottom">The lower edge, not below <paramref name="Top"/>.</param>
public readonly record struct BoundingBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Gets the width in pixels.</summary>
    public float Width => Right - Left;

    /// <summary>Gets the height in pixels.</summary>
    public float Height => Bottom - Top;

    /// <summary>Gets the area in square pixels.</summary>
    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>The shared area of two boxes as a share of the area that they cover together, in [0, 1].</summary>
    /// <param name="other">The other box, in the same image.</param>
    public float IntersectionOverUnion(BoundingBox other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = width * height;
        return shared / (Area + other.Area - shared);
    }

    /// <summary>The box within an image.</summary>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    public BoundingBox ClampTo(int width, int height) =>
        new(Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));
}
