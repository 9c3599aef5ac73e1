using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using FaceVoice.Media;

namespace FaceVoice.Vision.Imaging;

/// <summary>Averages an image down by a whole factor on each axis; the cheap low-pass before interpolation.</summary>
internal static class BoxShrinker
{
    /// <summary>
    /// The largest whole factors that leave at least the target size; null where both are 1 and the region is the whole image, or where shrinking is
    /// not needed.
    /// </summary>
    public static ShrunkImage? ShrinkTowards(RgbImage image, PixelRegion region, float targetWidth, float targetHeight)
    {
        // At most 257 rows of 255 fit the 16-bit sums.
        var factorX = Math.Clamp((int)(region.Width / targetWidth), 1, 256);
        var factorY = Math.Clamp((int)(region.Height / targetHeight), 1, 256);
        return factorX == 1 && factorY == 1 ? null : Shrink(image, region, factorX, factorY);
    }

    public static ShrunkImage Shrink(RgbImage image, PixelRegion region, int factorX, int factorY)
    {
        var width = region.Width / factorX;
        var height = region.Height / factorY;
        var shrunk = RgbImage.Allocate(width, height);
        var used = width * factorX * 3;
        var rented = ArrayPool<ushort>.Shared.Rent(used);
        try
        {
            var sums = rented.AsSpan(0, used);
            for (var y = 0; y < height; y++)
            {
                sums.Clear();
                for (var dy = 0; dy < factorY; dy++)
                {
                    AddRow(image.Row(region.Y + (y * factorY) + dy).Slice(region.X * 3, used), sums);
                }

                AverageBlocks(sums, shrunk.Row(y), factorX, factorY);
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(rented);
        }

        return new ShrunkImage(shrunk, region.X, region.Y, factorX, factorY);
    }

    private static void AddRow(ReadOnlySpan<byte> row, Span<ushort> sums)
    {
        var bytes = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        var wide = MemoryMarshal.Cast<ushort, Vector<ushort>>(sums);
        for (var i = 0; i < bytes.Length; i++)
        {
            Vector.Widen(bytes[i], out var low, out var high);
            wide[2 * i] += low;
            wide[(2 * i) + 1] += high;
        }

        for (var i = bytes.Length * Vector<byte>.Count; i < row.Length; i++)
        {
            sums[i] += row[i];
        }
    }

    private static void AverageBlocks(ReadOnlySpan<ushort> sums, Span<byte> row, int factorX, int factorY)
    {
        // Exact below 2^24, which 65,536 values of 255 do not reach; a division per value would cost more than all the rest.
        var share = 1f / (factorX * factorY);
        var at = 0;
        for (var x = 0; x < row.Length; x += 3)
        {
            int red = 0, green = 0, blue = 0;
            for (var dx = 0; dx < factorX; dx++, at += 3)
            {
                red += sums[at];
                green += sums[at + 1];
                blue += sums[at + 2];
            }

            row[x] = (byte)((red * share) + 0.5f);
            row[x + 1] = (byte)((green * share) + 0.5f);
            row[x + 2] = (byte)((blue * share) + 0.5f);
        }
    }
}
