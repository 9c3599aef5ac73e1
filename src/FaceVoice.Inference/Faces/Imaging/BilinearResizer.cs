using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>Stretches an image to a network's size by bilinear interpolation (pixel centres at half coordinates), straight into its planes.</summary>
internal static class BilinearResizer
{
    /// <summary>Fills <c>[3, height, width]</c>.</summary>
    public static void ToPlanes(RgbImage image, int width, int height, PlaneNormalization normalization, Span<float> planes)
    {
        var columns = Columns.For(image.Width, width);
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, weight) = Neighbours(y, image.Height, height);
            var rows = new RowPair(top * image.Stride, bottom * image.Stride, weight);
            columns.Interpolate(pixels, rows, normalization, planes[(y * width)..], width * height);
        }
    }

    internal static (int First, int Second, float Weight) Neighbours(int index, int sourceSize, int targetSize)
    {
        var position = Math.Clamp(((index + 0.5f) * sourceSize / targetSize) - 0.5f, 0, sourceSize - 1);
        var first = (int)position;
        return (first, Math.Min(first + 1, sourceSize - 1), position - first);
    }

    /// <summary>Where the two rows begin that a target row lies between, and the weight of the second.</summary>
    private readonly record struct RowPair(int Top, int Bottom, float Weight);

    /// <summary>Where each target column lies in a source row; the last pair of widths is kept, since streams repeat theirs.</summary>
    private sealed class Columns
    {
        private static volatile Columns? s_last;

        private readonly int _sourceWidth;
        private readonly int[] _first;
        private readonly int[] _second;
        private readonly float[] _weight;

        private Columns(int sourceWidth, int targetWidth)
        {
            _sourceWidth = sourceWidth;
            _first = new int[targetWidth];
            _second = new int[targetWidth];
            _weight = new float[targetWidth];
            for (var x = 0; x < targetWidth; x++)
            {
                var (first, second, weight) = Neighbours(x, sourceWidth, targetWidth);
                (_first[x], _second[x], _weight[x]) = (first * 3, second * 3, weight);
            }
        }

        public static Columns For(int sourceWidth, int targetWidth)
        {
            var last = s_last;
            return last is not null && last._sourceWidth == sourceWidth && last._first.Length == targetWidth
                ? last
                : s_last = new Columns(sourceWidth, targetWidth);
        }

        /// <summary>Writes one row of all three planes; the first plane's row starts at <paramref name="target"/>'s start.</summary>
        public void Interpolate(
            ReadOnlySpan<byte> pixels, RowPair rows, PlaneNormalization normalization, Span<float> target, int planeSize)
        {
            var reds = target.Slice(normalization.Plane[0] * planeSize, _first.Length);
            var greens = target.Slice(normalization.Plane[1] * planeSize, _first.Length);
            var blues = target.Slice(normalization.Plane[2] * planeSize, _first.Length);
            var done = Avx2.IsSupported ? InterpolateFours(pixels, rows, normalization, reds, greens, blues) : 0;
            var top = pixels[rows.Top..];
            var bottom = pixels[rows.Bottom..];
            for (var x = done; x < _first.Length; x++)
            {
                reds[x] = (Between(top, bottom, rows.Weight, x, 0) * normalization.Factor[0]) + normalization.Offset[0];
                greens[x] = (Between(top, bottom, rows.Weight, x, 1) * normalization.Factor[1]) + normalization.Offset[1];
                blues[x] = (Between(top, bottom, rows.Weight, x, 2) * normalization.Factor[2]) + normalization.Offset[2];
            }
        }

        /// <summary>Red, green and blue of a pixel are interpolated together; four pixels are then turned into four of each.</summary>
        /// <returns>The number of columns done: a multiple of four.</returns>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int InterpolateFours(
            ReadOnlySpan<byte> pixels, RowPair rows, PlaneNormalization normalization, Span<float> reds, Span<float> greens, Span<float> blues)
        {
            var count = Readable(pixels.Length - rows.Bottom);
            ref readonly var top = ref MemoryMarshal.GetReference(pixels[rows.Top..]);
            ref readonly var bottom = ref MemoryMarshal.GetReference(pixels[rows.Bottom..]);
            ref float red = ref MemoryMarshal.GetReference(reds), green = ref MemoryMarshal.GetReference(greens), blue = ref MemoryMarshal.GetReference(blues);
            var down = Vector256.Create(rows.Weight);
            Vector128<float> redFactor = Vector128.Create(normalization.Factor[0]), redOffset = Vector128.Create(normalization.Offset[0]);
            Vector128<float> greenFactor = Vector128.Create(normalization.Factor[1]), greenOffset = Vector128.Create(normalization.Offset[1]);
            Vector128<float> blueFactor = Vector128.Create(normalization.Factor[2]), blueOffset = Vector128.Create(normalization.Offset[2]);
            for (var x = 0; x < count; x += 4)
            {
                Vector128<float> a = Between(in top, in bottom, down, x), b = Between(in top, in bottom, down, x + 1);
                Vector128<float> c = Between(in top, in bottom, down, x + 2), d = Between(in top, in bottom, down, x + 3);
                Vector128<float> redGreenLow = Sse.UnpackLow(a, b), redGreenHigh = Sse.UnpackLow(c, d);
                var fourRed = Sse.MoveLowToHigh(redGreenLow, redGreenHigh);
                var fourGreen = Sse.MoveHighToLow(redGreenHigh, redGreenLow);
                var fourBlue = Sse.MoveLowToHigh(Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
                ((fourRed * redFactor) + redOffset).StoreUnsafe(ref red, (nuint)x);
                ((fourGreen * greenFactor) + greenOffset).StoreUnsafe(ref green, (nuint)x);
                ((fourBlue * blueFactor) + blueOffset).StoreUnsafe(ref blue, (nuint)x);
            }

            return count;
        }

        /// <summary>The columns, in fours, whose two pixels can be read as <see cref="PixelPair.Length"/> bytes of so many.</summary>
        private int Readable(int bytes)
        {
            var count = _first.Length;
            while (count > 0 && _first[count - 1] + PixelPair.Length > bytes)
            {
                count--;
            }

            return count & ~3;
        }

        /// <summary>At the right edge the second pixel is another row's or no pixel at all: its weight is 0 there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector128<float> Between(ref readonly byte top, ref readonly byte bottom, Vector256<float> down, int x)
        {
            var above = PixelPair.Load(in top, _first[x]);
            var column = above + ((PixelPair.Load(in bottom, _first[x]) - above) * down);
            return column.GetLower() + ((column.GetUpper() - column.GetLower()) * Vector128.Create(_weight[x]));
        }

        private float Between(ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, float down, int x, int channel)
        {
            int first = _first[x] + channel, second = _second[x] + channel;
            var left = top[first] + ((bottom[first] - top[first]) * down);
            var right = top[second] + ((bottom[second] - top[second]) * down);
            return left + ((right - left) * _weight[x]);
        }
    }
}
