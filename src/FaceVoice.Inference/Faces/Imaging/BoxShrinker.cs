using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>Averages an image down by a whole factor on each axis; the cheap low-pass before interpolation.</summary>
internal static class BoxShrinker
{
    /// <summary>More sums of 255 than this do not fit 16 bits.</summary>
    private const int MostAddends = 257;

    /// <summary>Vectors are read and written past the last column; the space for it.</summary>
    private const int Overhang = 8;

    /// <summary>
    /// The largest whole factors that leave at least the target size; null where both are 1 and the region is the whole image, or where shrinking is
    /// not needed.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">The part of it to shrink.</param>
    /// <param name="targetWidth">The width that must be left, in pixels.</param>
    /// <param name="targetHeight">The height that must be left, in pixels.</param>
    /// <param name="mostRows">The most rows of each block that are looked at; see <see cref="Shrink"/>.</param>
    public static ShrunkImage? ShrinkTowards(
        RgbImage image, PixelRegion region, float targetWidth, float targetHeight, int mostRows = int.MaxValue)
    {
        var factorX = Math.Clamp((int)(region.Width / targetWidth), 1, MostAddends - 1);
        var factorY = Math.Clamp((int)(region.Height / targetHeight), 1, MostAddends - 1);
        return factorX == 1 && factorY == 1 ? null : Shrink(image, region, factorX, factorY, mostRows);
    }

    /// <summary>Averages blocks of <paramref name="factorX"/> × <paramref name="factorY"/> pixels.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">The part of it to shrink; what does not fill a block at its right and lower edge is left out.</param>
    /// <param name="factorX">Columns in a block, 1 to 256.</param>
    /// <param name="factorY">Rows in a block, 1 to 256.</param>
    /// <param name="mostRows">
    /// The most rows of each block that are looked at, spread over it: of a large photo the time goes into fetching pixels from memory, and four rows
    /// are as good a mean as ten.
    /// </param>
    public static ShrunkImage Shrink(RgbImage image, PixelRegion region, int factorX, int factorY, int mostRows = int.MaxValue)
    {
        var width = region.Width / factorX;
        var height = region.Height / factorY;
        var shrunk = RgbImage.Allocate(width, height);
        var used = width * factorX * 3;
        var rows = Math.Min(factorY, mostRows);
        var rented = ArrayPool<ushort>.Shared.Rent(used + Overhang);
        try
        {
            var sums = rented.AsSpan(0, used + Overhang);
            Span<int> starts = stackalloc int[rows];
            for (var y = 0; y < height; y++)
            {
                for (var i = 0; i < rows; i++)
                {
                    starts[i] = ((region.Y + (y * factorY) + RowOfBlock(i, rows, factorY)) * image.Stride) + (region.X * 3);
                }

                AddRows(image.Pixels, starts, sums[..used]);
                AverageBlocks(sums, shrunk.Row(y), factorX, rows);
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(rented);
        }

        return new ShrunkImage(shrunk, region.X, region.Y, factorX, factorY);
    }

    /// <summary>First and last row of a band by turns (0, 3, 4, 7 of eight), so that lines that alternate do not all fall on one side.</summary>
    private static int RowOfBlock(int index, int rows, int factor) =>
        index % 2 == 0 ? index * factor / rows : ((index + 1) * factor / rows) - 1;

    /// <summary>Adds up the stretches of pixels that begin at <paramref name="starts"/> (in ascending order), value by value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> starts, Span<ushort> sums)
    {
        // Every access below is inside this.
        ref var first = ref MemoryMarshal.GetReference(pixels[..(starts[^1] + sums.Length)]);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var at = 0;
        for (; at <= sums.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            Vector<ushort> lowSum = default, highSum = default;
            foreach (var start in starts)
            {
                Vector.Widen(Vector.LoadUnsafe(ref first, (nuint)(start + at)), out var low, out var high);
                lowSum += low;
                highSum += high;
            }

            lowSum.StoreUnsafe(ref target, (nuint)at);
            highSum.StoreUnsafe(ref target, (nuint)(at + Vector<ushort>.Count));
        }

        for (; at < sums.Length; at++)
        {
            var sum = 0;
            foreach (var start in starts)
            {
                sum += pixels[start + at];
            }

            sums[at] = (ushort)sum;
        }
    }

    private static void AverageBlocks(Span<ushort> sums, Span<byte> row, int factorX, int rows)
    {
        // Exact below 2^24, which 65,536 values of 255 do not reach; a division per value would cost more than all the rest.
        var share = 1f / (factorX * rows);
        if (factorX * rows <= MostAddends)
        {
            if (factorX > 1)
            {
                AddColumns(sums, row.Length, factorX);
            }

            Scale(sums, share, row);
            return;
        }

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

    /// <summary>Adds each <paramref name="factor"/> neighbouring pixels up, two at a time, into the front of the same space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumns(Span<ushort> sums, int length, int factor)
    {
        ref var first = ref MemoryMarshal.GetReference(sums);
        nuint at = 0;
        for (nuint x = 0; x < (nuint)length; x += 3)
        {
            // Lanes 0 to 2 hold even pixels, 3 to 5 odd ones; what the last two gather is never used. Reading stays ahead of writing: by the
            // time x is written, at has reached x + 6, and the overhang behind the last column is there to be read.
            var pair = Vector128<ushort>.Zero;
            for (var end = at + (6 * ((nuint)factor / 2)); at < end; at += 6)
            {
                pair += Vector128.LoadUnsafe(ref first, at);
            }

            // The constant written out, for only so it becomes one instruction.
            pair += Vector128.Shuffle(pair, Vector128.Create((ushort)3, 4, 5, 6, 7, 7, 7, 7));
            if (factor % 2 == 1)
            {
                pair += Vector128.LoadUnsafe(ref first, at);
                at += 3;
            }

            // A fourth value too: it lies before what is read next.
            Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref first, x)), pair.AsUInt64().ToScalar());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(ReadOnlySpan<ushort> sums, float share, Span<byte> row)
    {
        var wide = MemoryMarshal.Cast<ushort, Vector<ushort>>(sums);
        var bytes = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        var factor = new Vector<float>(share);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Vector.Narrow(Scale(wide[2 * i], factor), Scale(wide[(2 * i) + 1], factor));
        }

        for (var i = bytes.Length * Vector<byte>.Count; i < row.Length; i++)
        {
            row[i] = (byte)((sums[i] * share) + 0.5f);
        }
    }

    private static Vector<ushort> Scale(Vector<ushort> sums, Vector<float> share)
    {
        Vector.Widen(sums, out var low, out var high);
        return Vector.Narrow(Round(low, share), Round(high, share));
    }

    private static Vector<uint> Round(Vector<uint> sums, Vector<float> share) =>
        Vector.AsVectorUInt32(
            Vector.ConvertToInt32Native((Vector.ConvertToSingle(Vector.AsVectorInt32(sums)) * share) + new Vector<float>(0.5f)));
}
