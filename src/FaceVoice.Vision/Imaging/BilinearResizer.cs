using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
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
        var rented = ArrayPool<float>.Shared.Rent(rowLength);
        try
        {
            var blended = rented.AsSpan(0, rowLength);
            for (var y = 0; y < height; y++)
            {
                var (top, bottom, weight) = Neighbours(y, image.Height, height);
                Blend(image.Row(top), image.Row(bottom), weight, blended);
                for (var channel = 0; channel < 3; channel++)
                {
                    var plane = planes.Slice((normalization.Plane[channel] * width * height) + (y * width), width);
                    columns.Interpolate(blended, channel, normalization.Factor[channel], normalization.Offset[channel], plane);
                }
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

        public void Interpolate(ReadOnlySpan<float> row, int channel, float factor, float offset, Span<float> target)
        {
            for (var x = 0; x < target.Length; x++)
            {
                var first = row[_first[x] + channel];
                target[x] = ((first + ((row[_second[x] + channel] - first) * _weight[x])) * factor) + offset;
            }
        }
    }
}
