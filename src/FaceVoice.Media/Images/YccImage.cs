using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Media.Images;

/// <summary>Makes RGB of luma and halved chroma as libjpeg does: chroma is interpolated, not repeated.</summary>
/// <remarks>
/// ImageSharp repeats each chroma sample over the two or four pixels it stands for. Faces then get embeddings that lie apart from those of all other
/// decoders: cosines of 0.9985 in the median and 0.968 at worst over 400 portraits, against 0.9999 and 0.985 with this, which is about what
/// changing 2 % of
/// the values by one does (0.9999 and 0.986). So its decoder is told that the components are RGB, which leaves them as they are, and the
/// rest is done here: the triangle filter of libjpeg's "fancy upsampling" and the conversion of JFIF 1.02, in the same integers.
/// </remarks>
internal static class YccImage
{
    private const int Channels = 3;

    // Conversion factors in 16 binary places; what exceeds a half is taken out, so that they fit signed words.
    private const int RedOfCr = 26_345; // 1.40200 - 1
    private const int BlueOfCb = -14_942; // 1.77200 - 2
    private const int GreenOfCb = -22_554; // -0.34414
    private const int GreenOfCr = 18_734; // 1 - 0.71414
    private const int Half = 1 << 15;

    /// <summary>Pixels of a step: two halves of a vector, each of three times 16 bytes, which no instruction below mixes.</summary>
    private const int Step = 32;

    private const int HalfStepBytes = Step / 2 * Channels;

    /// <summary>Converts in place.</summary>
    /// <param name="pixels">Packed Y, Cb, Cr, in which each chroma value is repeated over its pixels; becomes R, G, B.</param>
    /// <param name="width">The image's width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="isHalvedDown">Whether two rows share a row of chroma, as (always) two columns share a column.</param>
    public static void ToRgb(Span<byte> pixels, int width, int height, bool isHalvedDown)
    {
        var columns = (width + 1) / 2;
        var rented = ArrayPool<short>.Shared.Rent(8 * (columns + (2 * Step)));
        try
        {
            var rows = new ChromaRows(rented, columns);
            var rowsPerSample = isHalvedDown ? 2 : 1;
            var last = (height - 1) / rowsPerSample;
            rows.Read(0, Row(pixels, 0, width));
            for (var sample = 0; sample <= last; sample++)
            {
                if (sample < last)
                {
                    rows.Read(sample + 1, Row(pixels, (sample + 1) * rowsPerSample, width));
                }

                for (var y = sample * rowsPerSample; y < Math.Min(height, (sample + 1) * rowsPerSample); y++)
                {
                    // The chroma row that is second nearest: above for an even row, below for an odd one.
                    var near = isHalvedDown ? Math.Clamp(sample + ((2 * (y & 1)) - 1), 0, last) : sample;
                    rows.Blend(sample, near);
                    Convert(Row(pixels, y, width), rows.Cb, rows.Cr, isHalvedDown ? (8, 7) : (4, 8));
                }
            }
        }
        finally
        {
            ArrayPool<short>.Shared.Return(rented);
        }
    }

    private static Span<byte> Row(Span<byte> pixels, int y, int width) => pixels.Slice(y * width * Channels, width * Channels);

    /// <summary>
    /// A row of pixels with the chroma of its place: four times what it was before rounding, three parts of the nearer column, one of the
    /// next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(Span<byte> row, ReadOnlySpan<short> cb, ReadOnlySpan<short> cr, (int Even, int Odd) rounding)
    {
        var done = Avx2.IsSupported ? ConvertSteps(row, cb, cr, rounding) : 0;
        for (var x = done; x < row.Length / Channels; x++)
        {
            var (at, next) = ((x / 2) + 1, (x / 2) + (2 * (x & 1)));
            var round = (x & 1) == 0 ? rounding.Even : rounding.Odd;
            int blue = (((3 * cb[at]) + cb[next] + round) >> 4) - 128, red = (((3 * cr[at]) + cr[next] + round) >> 4) - 128;
            var pixel = row.Slice(x * Channels, Channels);
            int y = pixel[0];
            pixel[0] = Saturate(y + red + (((RedOfCr * red) + Half) >> 16));
            pixel[1] = Saturate(y - red + (((GreenOfCb * blue) + (GreenOfCr * red) + Half) >> 16));
            pixel[2] = Saturate(y + (2 * blue) + (((BlueOfCb * blue) + Half) >> 16));
        }
    }

    private static byte Saturate(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <returns>The number of pixels done: a multiple of <see cref="Step"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ConvertSteps(Span<byte> row, ReadOnlySpan<short> cb, ReadOnlySpan<short> cr, (int Even, int Odd) rounding)
    {
        ref var pixels = ref MemoryMarshal.GetReference(row);
        ref var blues = ref MemoryMarshal.GetReference(cb);
        ref var reds = ref MemoryMarshal.GetReference(cr);
        var even = Vector256.Create((short)rounding.Even);
        var odd = Vector256.Create((short)rounding.Odd);
        var count = row.Length / (Step * Channels) * Step;
        for (var x = 0; x < count; x += Step)
        {
            ref var at = ref Unsafe.Add(ref pixels, x * Channels);
            const byte n = 255;
            var luma = Avx2.Shuffle(Load(ref at, 0), Twice(Vector128.Create((byte)0, 3, 6, 9, 12, 15, n, n, n, n, n, n, n, n, n, n)))
                | Avx2.Shuffle(Load(ref at, 16), Twice(Vector128.Create(n, n, n, n, n, n, 2, 5, 8, 11, 14, n, n, n, n, n)))
                | Avx2.Shuffle(Load(ref at, 32), Twice(Vector128.Create(n, n, n, n, n, n, n, n, n, n, n, 1, 4, 7, 10, 13)));
            var (blueEven, blueOdd) = Across(ref Unsafe.Add(ref blues, x / 2), even, odd);
            var (redEven, redOdd) = Across(ref Unsafe.Add(ref reds, x / 2), even, odd);
            var low = Rgb(Avx2.UnpackLow(luma, default).AsInt16(), Avx2.UnpackLow(blueEven, blueOdd), Avx2.UnpackLow(redEven, redOdd));
            var high = Rgb(Avx2.UnpackHigh(luma, default).AsInt16(), Avx2.UnpackHigh(blueEven, blueOdd), Avx2.UnpackHigh(redEven, redOdd));
            Store(
                ref at,
                Avx2.PackUnsignedSaturate(low.Red, high.Red),
                Avx2.PackUnsignedSaturate(low.Green, high.Green),
                Avx2.PackUnsignedSaturate(low.Blue, high.Blue));
        }

        return count;
    }

    /// <summary>16 bytes of each half step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Load(ref byte at, nuint offset) =>
        Vector256.Create(Vector128.LoadUnsafe(ref at, offset), Vector128.LoadUnsafe(ref at, HalfStepBytes + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Twice(Vector128<byte> order) => Vector256.Create(order, order);

    /// <summary>Chroma less 128 of sixteen even columns and the odd ones beside them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<short> Even, Vector256<short> Odd) Across(ref short blended, Vector256<short> roundEven, Vector256<short> roundOdd)
    {
        Vector256<short> left = Vector256.LoadUnsafe(ref blended), here = Vector256.LoadUnsafe(ref blended, 1), right = Vector256.LoadUnsafe(ref blended, 2);
        var three = here + here + here;
        var middle = Vector256.Create((short)128);
        return (((three + left + roundEven) >> 4) - middle, ((three + right + roundOdd) >> 4) - middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<short> Red, Vector256<short> Green, Vector256<short> Blue) Rgb(Vector256<short> luma, Vector256<short> cb, Vector256<short> cr)
    {
        var pair = Vector256.Create((GreenOfCb & 0xFFFF) | (GreenOfCr << 16)).AsInt16();
        var half = Vector256.Create(Half);
        var greenLow = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(cb, cr), pair) + half) >> 16;
        var greenHigh = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(cb, cr), pair) + half) >> 16;
        return (luma + cr + Scale(cr, RedOfCr), luma - cr + Avx2.PackSignedSaturate(greenLow, greenHigh), luma + cb + cb + Scale(cb, BlueOfCb));
    }

    /// <summary>Rounded to the nearest: twice the value times the factor, its upper half, and half of that rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Scale(Vector256<short> value, int factor) =>
        (Avx2.MultiplyHigh(value + value, Vector256.Create((short)factor)) + Vector256<short>.One) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref byte at, Vector256<byte> red, Vector256<byte> green, Vector256<byte> blue)
    {
        const byte n = 255;
        var first = Avx2.Shuffle(red, Twice(Vector128.Create((byte)0, n, n, 1, n, n, 2, n, n, 3, n, n, 4, n, n, 5)))
            | Avx2.Shuffle(green, Twice(Vector128.Create(n, 0, n, n, 1, n, n, 2, n, n, 3, n, n, 4, n, n)))
            | Avx2.Shuffle(blue, Twice(Vector128.Create(n, n, 0, n, n, 1, n, n, 2, n, n, 3, n, n, 4, n)));
        var second = Avx2.Shuffle(red, Twice(Vector128.Create(n, n, 6, n, n, 7, n, n, 8, n, n, 9, n, n, 10, n)))
            | Avx2.Shuffle(green, Twice(Vector128.Create((byte)5, n, n, 6, n, n, 7, n, n, 8, n, n, 9, n, n, 10)))
            | Avx2.Shuffle(blue, Twice(Vector128.Create(n, 5, n, n, 6, n, n, 7, n, n, 8, n, n, 9, n, n)));
        var third = Avx2.Shuffle(red, Twice(Vector128.Create(n, 11, n, n, 12, n, n, 13, n, n, 14, n, n, 15, n, n)))
            | Avx2.Shuffle(green, Twice(Vector128.Create(n, n, 11, n, n, 12, n, n, 13, n, n, 14, n, n, 15, n)))
            | Avx2.Shuffle(blue, Twice(Vector128.Create((byte)10, n, n, 11, n, n, 12, n, n, 13, n, n, 14, n, n, 15)));
        first.GetLower().StoreUnsafe(ref at);
        second.GetLower().StoreUnsafe(ref at, 16);
        third.GetLower().StoreUnsafe(ref at, 32);
        first.GetUpper().StoreUnsafe(ref at, HalfStepBytes);
        second.GetUpper().StoreUnsafe(ref at, HalfStepBytes + 16);
        third.GetUpper().StoreUnsafe(ref at, HalfStepBytes + 32);
    }

    /// <summary>Three rows of each chroma component by turns, and the two that are blended of them, with a column more on either side.</summary>
    private readonly ref struct ChromaRows(short[] rented, int columns)
    {
        private readonly int _stride = columns + (2 * Step);

        public Span<short> Cb => Of(6);

        public Span<short> Cr => Of(7);

        /// <summary>Picks the samples out of the even columns of a row of pixels.</summary>
        public void Read(int sample, ReadOnlySpan<byte> row)
        {
            var cb = Of(sample % 3);
            var cr = Of(3 + (sample % 3));
            var done = Avx2.IsSupported ? ReadSteps(row, cb, cr) : 0;
            for (var i = done; i < columns; i++)
            {
                (cb[i + 1], cr[i + 1]) = (row[(6 * i) + 1], row[(6 * i) + 2]);
            }
        }

        /// <summary>Three parts of a row and one of the other; the outermost columns once more beside them.</summary>
        public void Blend(int sample, int near)
        {
            Blend(Of(sample % 3), Of(near % 3), Cb);
            Blend(Of(3 + (sample % 3)), Of(3 + (near % 3)), Cr);
        }

        private static int ReadSteps(ReadOnlySpan<byte> row, Span<short> cb, Span<short> cr)
        {
            ref var pixels = ref MemoryMarshal.GetReference(row);
            var count = row.Length / (Step * Channels) * (Step / 2);
            const byte n = 255;
            for (var i = 0; i < count; i += Step / 2)
            {
                ref var at = ref Unsafe.Add(ref pixels, i * 2 * Channels);
                Vector256<byte> first = Load(ref at, 0), second = Load(ref at, 16), third = Load(ref at, 32);
                (Avx2.Shuffle(first, Twice(Vector128.Create(1, n, 7, n, 13, n, n, n, n, n, n, n, n, n, n, n)))
                    | Avx2.Shuffle(second, Twice(Vector128.Create(n, n, n, n, n, n, 3, n, 9, n, 15, n, n, n, n, n)))
                    | Avx2.Shuffle(third, Twice(Vector128.Create(n, n, n, n, n, n, n, n, n, n, n, n, 5, n, 11, n)))).AsInt16().StoreUnsafe(ref cb[i + 1]);
                (Avx2.Shuffle(first, Twice(Vector128.Create(2, n, 8, n, 14, n, n, n, n, n, n, n, n, n, n, n)))
                    | Avx2.Shuffle(second, Twice(Vector128.Create(n, n, n, n, n, n, 4, n, 10, n, n, n, n, n, n, n)))
                    | Avx2.Shuffle(third, Twice(Vector128.Create(n, n, n, n, n, n, n, n, n, n, 0, n, 6, n, 12, n)))).AsInt16().StoreUnsafe(ref cr[i + 1]);
            }

            return count;
        }

        private void Blend(ReadOnlySpan<short> here, ReadOnlySpan<short> near, Span<short> blended)
        {
            // To the end of the last vector, which the columns' margin has room for.
            for (var i = 1; i <= columns; i += Vector256<short>.Count)
            {
                var three = Vector256.LoadUnsafe(in here[i]);
                (three + three + three + Vector256.LoadUnsafe(in near[i])).StoreUnsafe(ref blended[i]);
            }

            (blended[0], blended[columns + 1]) = (blended[1], blended[columns]);
        }

        private Span<short> Of(int index) => rented.AsSpan(index * _stride, _stride);
    }
}
