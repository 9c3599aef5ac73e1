using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Media;

namespace FaceVoice.Vision.Imaging;

/// <summary>Stretches an image to a network's size by bilinear interpolation (pixel centres at half coordinates), straight into its planes.</summary>
internal static class BilinearResizer
{
    /// <summary>Fills <c>[3, height, width]</c>.</summary>
    public static void ToPlanes(RgbImage image, int width, int height, PlaneNormalization normalization, Span<float> planes)
    {
        var columns = Columns.For(image.Width, width);
        var rowLength = image.Width * 3;

        // One value more: the last pixel is read as four values.
        var rented = ArrayPool<float>.Shared.Rent(rowLength + 1);
        try
        {
            var blended = rented.AsSpan(0, rowLength + 1);
            for (var y = 0; y < height; y++)
            {
                var (top, bottom, weight) = Neighbours(y, image.Height, height);
                Blend(image.Row(top), image.Row(bottom), weight, blended[..rowLength]);
                columns.Interpolate(blended, normalization, planes[(y * width)..], width * height);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    internal static (int First, int Second, float Weight) Neighbours(int index, int sourceSize, int targetSize)
    {
        var position = Math.Clamp(((index + 0.5f) * sourceSize / targetSize) - 0.5f, 0, sourceSize - 1);
        var first = (int)position;
        return (first, Math.Min(first + 1, sourceSize - 1), position - first);
    }

    /// <summary>Two rows of bytes, weighted, as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blend(ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, float weight, Span<float> blended)
    {
        var tops = MemoryMarshal.Cast<byte, Vector<byte>>(top);
        var bottoms = MemoryMarshal.Cast<byte, Vector<byte>>(bottom);
        var results = MemoryMarshal.Cast<float, Vector<float>>(blended);
        var second = new Vector<float>(weight);
        var at = 0;
        for (var i = 0; i < tops.Length; i++, at += 4)
        {
            Widen(tops[i], out var a0, out var a1, out var a2, out var a3);
            Widen(bottoms[i], out var b0, out var b1, out var b2, out var b3);
            results[at] = a0 + ((b0 - a0) * second);
            results[at + 1] = a1 + ((b1 - a1) * second);
            results[at + 2] = a2 + ((b2 - a2) * second);
            results[at + 3] = a3 + ((b3 - a3) * second);
        }

        for (var i = tops.Length * Vector<byte>.Count; i < blended.Length; i++)
        {
            blended[i] = top[i] + ((bottom[i] - top[i]) * weight);
        }
    }

    private static void Widen(Vector<byte> bytes, out Vector<float> a, out Vector<float> b, out Vector<float> c, out Vector<float> d)
    {
        Vector.Widen(bytes, out var low, out var high);
        Vector.Widen(low, out var first, out var second);
        Vector.Widen(high, out var third, out var fourth);

        // Through signed integers: the conversion from unsigned has no instruction before AVX-512.
        a = Vector.ConvertToSingle(Vector.AsVectorInt32(first));
        b = Vector.ConvertToSingle(Vector.AsVectorInt32(second));
        c = Vector.ConvertToSingle(Vector.AsVectorInt32(third));
        d = Vector.ConvertToSingle(Vector.AsVectorInt32(fourth));
    }

    /// <summary>Where each target column lies in a source row; the last few pairs of widths are kept, since streams repeat theirs.</summary>
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
        public void Interpolate(ReadOnlySpan<float> row, PlaneNormalization normalization, Span<float> target, int planeSize)
        {
            var reds = target.Slice(normalization.Plane[0] * planeSize, _first.Length);
            var greens = target.Slice(normalization.Plane[1] * planeSize, _first.Length);
            var blues = target.Slice(normalization.Plane[2] * planeSize, _first.Length);
            var done = Sse.IsSupported ? InterpolateFours(row, normalization, reds, greens, blues) : 0;
            for (var x = done; x < _first.Length; x++)
            {
                reds[x] = (Between(row, x, 0) * normalization.Factor[0]) + normalization.Offset[0];
                greens[x] = (Between(row, x, 1) * normalization.Factor[1]) + normalization.Offset[1];
                blues[x] = (Between(row, x, 2) * normalization.Factor[2]) + normalization.Offset[2];
            }
        }

        /// <summary>Red, green and blue of a pixel are interpolated together; four pixels are then turned into four of each.</summary>
        /// <returns>The number of columns done: the largest multiple of four.</returns>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int InterpolateFours(ReadOnlySpan<float> row, PlaneNormalization normalization, Span<float> reds, Span<float> greens, Span<float> blues)
        {
            var count = _first.Length & ~3;
            ref var values = ref MemoryMarshal.GetReference(row[..((_sourceWidth * 3) + 1)]);
            Vector128<float> redFactor = Vector128.Create(normalization.Factor[0]), redOffset = Vector128.Create(normalization.Offset[0]);
            Vector128<float> greenFactor = Vector128.Create(normalization.Factor[1]), greenOffset = Vector128.Create(normalization.Offset[1]);
            Vector128<float> blueFactor = Vector128.Create(normalization.Factor[2]), blueOffset = Vector128.Create(normalization.Offset[2]);
            for (var x = 0; x < count; x += 4)
            {
                Vector128<float> a = Between(ref values, x), b = Between(ref values, x + 1), c = Between(ref values, x + 2), d = Between(ref values, x + 3);
                Vector128<float> redGreenLow = Sse.UnpackLow(a, b), redGreenHigh = Sse.UnpackLow(c, d);
                var blue = Sse.MoveLowToHigh(Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
                var red = Sse.MoveLowToHigh(redGreenLow, redGreenHigh);
                var green = Sse.MoveHighToLow(redGreenHigh, redGreenLow);
                ((red * redFactor) + redOffset).CopyTo(reds[x..]);
                ((green * greenFactor) + greenOffset).CopyTo(greens[x..]);
                ((blue * blueFactor) + blueOffset).CopyTo(blues[x..]);
            }

            return count;
        }

        private Vector128<float> Between(ref readonly float row, int x)
        {
            var first = Vector128.LoadUnsafe(in row, (nuint)_first[x]);
            return first + ((Vector128.LoadUnsafe(in row, (nuint)_second[x]) - first) * Vector128.Create(_weight[x]));
        }

        private float Between(ReadOnlySpan<float> row, int x, int channel)
        {
            var first = row[_first[x] + channel];
            return first + ((row[_second[x] + channel] - first) * _weight[x]);
        }
    }
}
