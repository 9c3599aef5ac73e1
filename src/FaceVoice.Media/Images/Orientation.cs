using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceVoice.Media.Images;

/// <summary>Turns and mirrors an image as its EXIF orientation asks.</summary>
/// <remarks>
/// ImageSharp's <c>AutoOrient</c> goes through the target column by column: 113 ms for 12 megapixels on their side, as telephones store them, against
/// 27 ms for small squares that stay in the cache.
/// </remarks>
internal static class Orientation
{
    private const int Tile = 32;

    /// <summary>The image upright; the given one is disposed unless it is the result.</summary>
    public static RgbImage Undo(RgbImage image, int orientation)
    {
        if (orientation == ExifOrientation.Upright)
        {
            return image;
        }

        var upright = Copy(image, orientation);
        image.Dispose();
        return upright;
    }

    /// <summary>A turned copy.</summary>
    /// <param name="image">The image.</param>
    /// <param name="orientation">The EXIF orientation, 2 to 8, that is undone.</param>
    public static RgbImage Copy(RgbImage image, int orientation)
    {
        var isOnItsSide = orientation >= 5;
        var upright = isOnItsSide ? RgbImage.Allocate(image.Height, image.Width) : RgbImage.Allocate(image.Width, image.Height);
        int last = (image.Height - 1) * image.Width, right = image.Width - 1, row = image.Width;

        // Where the upright image's first pixel is stored, and how far apart its neighbours to the right and below are.
        var (start, stepX, stepY) = orientation switch
        {
            2 => (right, -1, row),
            3 => (last + right, -1, -row),
            4 => (last, 1, -row),
            5 => (0, row, 1),
            6 => (last, -row, 1),
            7 => (last + right, -row, -1),
            8 => (right, row, -1),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "EXIF orientations are 1 to 8."),
        };
        Copy(MemoryMarshal.Cast<byte, Rgb24>(image.Pixels), start, stepX, stepY, MemoryMarshal.Cast<byte, Rgb24>(upright.Pixels), upright.Width, upright.Height);
        return upright;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(ReadOnlySpan<Rgb24> source, int start, int stepX, int stepY, Span<Rgb24> target, int width, int height)
    {
        for (var top = 0; top < height; top += Tile)
        {
            for (var left = 0; left < width; left += Tile)
            {
                var (bottom, right) = (Math.Min(height, top + Tile), Math.Min(width, left + Tile));
                for (var y = top; y < bottom; y++)
                {
                    var from = start + (y * stepY) + (left * stepX);
                    foreach (ref var pixel in target[((y * width) + left)..((y * width) + right)])
                    {
                        pixel = source[from];
                        from += stepX;
                    }
                }
            }
        }
    }
}
