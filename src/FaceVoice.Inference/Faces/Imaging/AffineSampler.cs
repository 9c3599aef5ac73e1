using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>
/// Draws a small picture out of a large one: each target pixel is looked up at its place in the source, bilinearly. Where the source is twice or
/// more as fine, its region is averaged down by a whole factor first, so that detail does not turn into noise.
/// </summary>
internal static class AffineSampler
{
    /// <summary>Fills <paramref name="target"/>; black where it looks outside the source.</summary>
    /// <param name="source">Where to look.</param>
    /// <param name="toSource">Maps pixel indices of the target to pixel indices of the source.</param>
    /// <param name="target">What to fill.</param>
    public static void Sample(RgbImage source, Matrix3x2 toSource, RgbImage target)
    {
        using var shrunk = ShrinkUsedRegion(source, ref toSource, target.Width, target.Height);
        var image = shrunk?.Image ?? source;
        for (var y = 0; y < target.Height; y++)
        {
            SampleRow(image, Vector2.Transform(new Vector2(0, y), toSource), new Vector2(toSource.M11, toSource.M12), target.Row(y));
        }
    }

    private static ShrunkImage? ShrinkUsedRegion(RgbImage source, ref Matrix3x2 toSource, int width, int height)
    {
        var stepX = new Vector2(toSource.M11, toSource.M12).Length();
        var stepY = new Vector2(toSource.M21, toSource.M22).Length();
        if (stepX < 2 && stepY < 2)
        {
            return null;
        }

        var region = UsedRegion(source, toSource, width, height);
        if (region.Width < 2 || region.Height < 2)
        {
            return null;
        }

        // The axes of the source get one factor, as a turned face mixes them.
        var factor = Math.Clamp((int)Math.Min(stepX, stepY), 1, Math.Min(256, Math.Min(region.Width, region.Height)));
        if (factor == 1)
        {
            return null;
        }

        var shrunk = BoxShrinker.Shrink(source, region, factor, factor);
        var centre = (factor - 1) / 2f;
        toSource *= Matrix3x2.CreateTranslation(-region.X - centre, -region.Y - centre) * Matrix3x2.CreateScale(1f / factor);
        return shrunk;
    }

    private static PixelRegion UsedRegion(RgbImage source, Matrix3x2 toSource, int width, int height)
    {
        Span<Vector2> corners =
        [
            Vector2.Transform(Vector2.Zero, toSource), Vector2.Transform(new Vector2(width - 1, 0), toSource),
            Vector2.Transform(new Vector2(0, height - 1), toSource), Vector2.Transform(new Vector2(width - 1, height - 1), toSource),
        ];
        var low = Vector2.Min(Vector2.Min(corners[0], corners[1]), Vector2.Min(corners[2], corners[3]));
        var high = Vector2.Max(Vector2.Max(corners[0], corners[1]), Vector2.Max(corners[2], corners[3]));
        var margin = new Vector2(toSource.M11, toSource.M12).Length() + 1;
        var left = (int)Math.Clamp(low.X - margin, 0, source.Width);
        var top = (int)Math.Clamp(low.Y - margin, 0, source.Height);
        var right = (int)Math.Clamp(high.X + margin + 1, left, source.Width);
        var bottom = (int)Math.Clamp(high.Y + margin + 1, top, source.Height);
        return new PixelRegion(left, top, right - left, bottom - top);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SampleRow(RgbImage source, Vector2 start, Vector2 step, Span<byte> row)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        var stride = source.Width * 3;
        int lastX = source.Width - 1, lastY = source.Height - 1;
        for (var x = 0; x < row.Length / 3; x++)
        {
            var at = start + (x * step);
            var target = row.Slice(3 * x, 3);

            // Also false for coordinates that are not numbers.
            if (!(at.X > -1 && at.Y > -1 && at.X < source.Width && at.Y < source.Height))
            {
                target.Clear();
                continue;
            }

            int left = (int)MathF.Floor(at.X), top = (int)MathF.Floor(at.Y);
            float weightX = at.X - left, weightY = at.Y - top;
            var upper = (top * stride) + (3 * left);
            if (left < 0 || top < 0 || left >= lastX || top >= lastY)
            {
                BlendAtEdge(source, left, top, weightX, weightY, target);
            }
            else if (Avx2.IsSupported && upper + stride + PixelPair.Length <= pixels.Length && (3 * x) + sizeof(uint) <= row.Length)
            {
                // A fourth byte too: it belongs to the next pixel, which is drawn next.
                ref readonly var first = ref MemoryMarshal.GetReference(pixels);
                Unsafe.WriteUnaligned(
                    ref target[0], Blend(PixelPair.Load(in first, upper), PixelPair.Load(in first, upper + stride), weightX, weightY));
            }
            else
            {
                Blend(pixels.Slice(upper, 6), pixels.Slice(upper + stride, 6), weightX, weightY, target);
            }
        }
    }

    /// <summary>The same sums in the same order as the other way to blend, three channels at once. Needs AVX2.</summary>
    /// <returns>Red, green and blue in the lower three bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Blend(Vector256<float> upper, Vector256<float> lower, float weightX, float weightY)
    {
        var left = Avx.Permute2x128(upper, lower, 0x20);
        var right = Avx.Permute2x128(upper, lower, 0x31);
        var across = left + ((right - left) * Vector256.Create(weightX));
        var above = across.GetLower();
        var blended = above + ((across.GetUpper() - above) * Vector128.Create(weightY)) + Vector128.Create(0.5f);
        var words = Sse2.PackSignedSaturate(Sse2.ConvertToVector128Int32WithTruncation(blended), Vector128<int>.Zero);
        return Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
    }

    private static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float weightX, float weightY, Span<byte> target)
    {
        for (var c = 0; c < 3; c++)
        {
            var above = upper[c] + ((upper[c + 3] - upper[c]) * weightX);
            var below = lower[c] + ((lower[c + 3] - lower[c]) * weightX);
            target[c] = (byte)(above + ((below - above) * weightY) + 0.5f);
        }
    }

    private static void BlendAtEdge(RgbImage source, int left, int top, float weightX, float weightY, Span<byte> target)
    {
        Span<byte> upper = stackalloc byte[6];
        Span<byte> lower = stackalloc byte[6];
        ReadPair(source, left, top, upper);
        ReadPair(source, left, top + 1, lower);
        Blend(upper, lower, weightX, weightY, target);
    }

    private static void ReadPair(RgbImage source, int left, int y, Span<byte> pair)
    {
        pair.Clear();
        if (y < 0 || y >= source.Height)
        {
            return;
        }

        var row = source.Row(y);
        if (left >= 0)
        {
            row.Slice(3 * left, 3).CopyTo(pair);
        }

        if (left + 1 < source.Width)
        {
            row.Slice(3 * (left + 1), 3).CopyTo(pair[3..]);
        }
    }
}

/// <summary>Two neighbouring pixels of packed RGB, read at once.</summary>
internal static class PixelPair
{
    /// <summary>The bytes that are read: two more than two pixels have.</summary>
    public const int Length = 8;

    /// <summary>
    /// Red, green and blue of the left pixel in lanes 0 to 2, of the right one in lanes 4 to 6; lanes 3 and 7 are of no use. Needs AVX2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref readonly byte pixels, int at)
    {
        var bytes = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref Unsafe.AsRef(in pixels), at));
        var apart = Ssse3.Shuffle(
            Vector128.CreateScalarUnsafe(bytes).AsByte(), Vector128.Create((byte)0, 1, 2, 3, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0));
        return Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(apart));
    }
}
