using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>Integer dot products between a query and rows of codes.</summary>
/// <remarks>
/// No method with vector accumulators calls another: the calling convention keeps no vector register across calls, so one call in the loop sends
/// every accumulator through memory. Four rows share each load of the query. They are compiled in full at once: on a busy machine the first,
/// slow form of a method can stay for minutes.
/// </remarks>
internal static unsafe class CodeKernels
{
    /// <summary>The fastest path of this processor.</summary>
    public static KernelPath Best { get; } =
        AvxVnni.IsSupported ? KernelPath.AvxVnni : Avx2.IsSupported ? KernelPath.Avx2 : Vector128.IsHardwareAccelerated ? KernelPath.Vector128 : KernelPath.Plain;

    /// <summary>Tells whether this processor can run a path.</summary>
    public static bool IsSupported(KernelPath path) => path switch
    {
        KernelPath.AvxVnni => AvxVnni.IsSupported,
        KernelPath.Avx2 => Avx2.IsSupported,
        KernelPath.Vector128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>Estimates the cosine between the query and each of <paramref name="count"/> rows that lie one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(byte* rows, float* scales, int count, CodeQuery query, float* scores, KernelPath path)
    {
        var dots = (int*)scores; // same size: the dot products are turned into scores in place
        var i = 0;
        switch (path)
        {
            case KernelPath.AvxVnni:
                for (; i + 4 <= count; i += 4)
                {
                    FourVnni(rows + ((long)i * query.Stride), query.Stride, query.Codes, dots + i);
                }

                break;
            case KernelPath.Avx2:
                for (; i + 4 <= count; i += 4)
                {
                    FourAvx2(rows + ((long)i * query.Stride), query.Stride, query.Even, query.Odd, dots + i);
                }

                break;
        }

        for (; i < count; i++)
        {
            dots[i] = Dot(rows + ((long)i * query.Stride), query, path);
        }

        for (i = 0; i < count; i++)
        {
            scores[i] = (dots[i] - query.Bias) * scales[i] * query.Scale;
        }
    }

    /// <summary>Estimates the cosine between the query and one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ScoreOne(byte* row, float scale, CodeQuery query, KernelPath path) => (Dot(row, query, path) - query.Bias) * scale * query.Scale;

    /// <summary>The sum of <c>stored byte · query code</c> over one row, the offset of 128 still in it.</summary>
    public static int Dot(byte* row, CodeQuery query, KernelPath path) => path switch
    {
        KernelPath.AvxVnni => DotVnni(row, query.Stride, query.Codes),
        KernelPath.Avx2 => DotAvx2(row, query.Stride, query.Even, query.Odd),
        KernelPath.Vector128 => DotVector128(row, query.Stride, query.Codes),
        _ => DotPlain(row, query.Stride, query.Codes),
    };

    /// <summary>The dot product of two rows' codes, without any offset.</summary>
    public static int DotRows(byte* a, byte* b, int stride, KernelPath path) => path switch
    {
        KernelPath.AvxVnni => DotRowsVnni(a, b, stride),
        KernelPath.Avx2 => DotRowsAvx2(a, b, stride),
        _ => DotRowsPlain(a, b, stride),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotRowsVnni(byte* a, byte* b, int stride)
    {
        var sum = Vector256<int>.Zero;
        var offset = Vector256.Create(Quantizer.Zero);
        for (var i = 0; i < stride; i += 32)
        {
            // The instruction takes one unsigned side: move a's sign over to b.
            var x = (Vector256.Load(a + i) ^ offset).AsSByte();
            var y = (Vector256.Load(b + i) ^ offset).AsSByte();
            sum = AvxVnni.MultiplyWideningAndAdd(sum, Avx2.Abs(x), Avx2.Sign(y, x));
        }

        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotRowsAvx2(byte* a, byte* b, int stride)
    {
        Vector256<int> sum0 = default, sum1 = default;
        var offset = Vector256.Create((short)Quantizer.Zero);
        for (var i = 0; i < stride; i += 32)
        {
            sum0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(a + i) - offset, Avx2.ConvertToVector256Int16(b + i) - offset);
            sum1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(a + i + 16) - offset, Avx2.ConvertToVector256Int16(b + i + 16) - offset);
        }

        return Vector256.Sum(sum0 + sum1);
    }

    private static int DotRowsPlain(byte* a, byte* b, int stride)
    {
        var sum = 0;
        for (var i = 0; i < stride; i++)
        {
            sum += (a[i] - Quantizer.Zero) * (b[i] - Quantizer.Zero);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourVnni(byte* rows, int stride, sbyte* query, int* dots)
    {
        byte* row1 = rows + stride, row2 = row1 + stride, row3 = row2 + stride;
        Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (var i = 0; i < stride; i += 32)
        {
            var q = Vector256.Load(query + i);
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(rows + i), q);
            sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.Load(row1 + i), q);
            sum2 = AvxVnni.MultiplyWideningAndAdd(sum2, Vector256.Load(row2 + i), q);
            sum3 = AvxVnni.MultiplyWideningAndAdd(sum3, Vector256.Load(row3 + i), q);
        }

        var low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(sum0, sum1), Avx2.HorizontalAdd(sum2, sum3));
        Vector128.Store(low.GetLower() + low.GetUpper(), dots);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourAvx2(byte* rows, int stride, short* even, short* odd, int* dots)
    {
        byte* row1 = rows + stride, row2 = row1 + stride, row3 = row2 + stride;
        Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        var mask = Vector256.Create((short)0xFF);
        for (var i = 0; i < stride; i += 32)
        {
            var evens = Vector256.Load(even + (i / 2));
            var odds = Vector256.Load(odd + (i / 2));
            var v0 = Vector256.Load(rows + i).AsInt16();
            var v1 = Vector256.Load(row1 + i).AsInt16();
            var v2 = Vector256.Load(row2 + i).AsInt16();
            var v3 = Vector256.Load(row3 + i).AsInt16();
            sum0 += Avx2.MultiplyAddAdjacent(v0 & mask, evens) + Avx2.MultiplyAddAdjacent(v0 >>> 8, odds);
            sum1 += Avx2.MultiplyAddAdjacent(v1 & mask, evens) + Avx2.MultiplyAddAdjacent(v1 >>> 8, odds);
            sum2 += Avx2.MultiplyAddAdjacent(v2 & mask, evens) + Avx2.MultiplyAddAdjacent(v2 >>> 8, odds);
            sum3 += Avx2.MultiplyAddAdjacent(v3 & mask, evens) + Avx2.MultiplyAddAdjacent(v3 >>> 8, odds);
        }

        var low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(sum0, sum1), Avx2.HorizontalAdd(sum2, sum3));
        Vector128.Store(low.GetLower() + low.GetUpper(), dots);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotVnni(byte* row, int stride, sbyte* query)
    {
        Vector256<int> sum0 = default, sum1 = default;
        var i = 0;
        for (; i + 64 <= stride; i += 64)
        {
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(row + i), Vector256.Load(query + i));
            sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.Load(row + i + 32), Vector256.Load(query + i + 32));
        }

        if (i < stride)
        {
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(row + i), Vector256.Load(query + i));
        }

        return Vector256.Sum(sum0 + sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotAvx2(byte* row, int stride, short* even, short* odd)
    {
        Vector256<int> sum0 = default, sum1 = default;
        var mask = Vector256.Create((short)0xFF);
        for (var i = 0; i < stride; i += 32)
        {
            var v = Vector256.Load(row + i).AsInt16();
            sum0 += Avx2.MultiplyAddAdjacent(v & mask, Vector256.Load(even + (i / 2)));
            sum1 += Avx2.MultiplyAddAdjacent(v >>> 8, Vector256.Load(odd + (i / 2)));
        }

        return Vector256.Sum(sum0 + sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotVector128(byte* row, int stride, sbyte* query)
    {
        var sum = Vector128<int>.Zero;
        for (var i = 0; i < stride; i += 16)
        {
            // 255 · 127 fits 16 bits, so the products are made there and widened once.
            var (rowLow, rowHigh) = Vector128.Widen(Vector128.Load(row + i));
            var (queryLow, queryHigh) = Vector128.Widen(Vector128.Load(query + i));
            var (a, b) = Vector128.Widen(rowLow.AsInt16() * queryLow);
            var (c, d) = Vector128.Widen(rowHigh.AsInt16() * queryHigh);
            sum += a + b + (c + d);
        }

        return Vector128.Sum(sum);
    }

    private static int DotPlain(byte* row, int stride, sbyte* query)
    {
        var sum = 0;
        for (var i = 0; i < stride; i++)
        {
            sum += row[i] * query[i];
        }

        return sum;
    }
}
