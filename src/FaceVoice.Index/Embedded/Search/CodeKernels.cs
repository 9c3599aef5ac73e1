using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>The instructions that a kernel uses; all give the same integers.</summary>
internal enum KernelPath
{
    /// <summary>One multiplication at a time.</summary>
    Plain,

    /// <summary>128-bit vectors of any processor.</summary>
    Vector128,

    /// <summary>AVX2: bytes widened to 16 bits, multiply-add of pairs.</summary>
    Avx2,

    /// <summary>AVX-VNNI: byte dot products in one instruction.</summary>
    AvxVnni,
}

/// <summary>Integer dot products between a query and rows of codes.</summary>
/// <remarks>
/// No method with vector accumulators calls another: the calling convention keeps no vector register across calls, so one call in the loop sends
/// every accumulator through memory. A whole block of rows is one call, and its rows are read one after the other: one stream of reads is what the
/// processor's prefetcher follows best. Four rows side by side, though they share each load of the query, took 1.6 times as long as reading and
/// nothing else where one after the other takes 0.95 (a million rows of 256 on an EPYC of the fifth generation; 1.15 to 1.2 with prefetch by hand).
/// They are compiled in full at once: on a busy machine the first, slow form of a method can stay for minutes.
/// </remarks>
internal static unsafe partial class CodeKernels
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
    public static void Score(byte* rows, float* scales, int count, CodeQuery query, float* scores, KernelPath path)
    {
        var whole = count & ~3;
        switch (path)
        {
            case KernelPath.AvxVnni:
                BlockVnni(rows, whole, query.Stride, query.Codes, query.Bias, (int*)scores); // same size: turned into scores in place
                break;
            case KernelPath.Avx2:
                BlockAvx2(rows, whole, query.Stride, query.Codes, query.Magnitudes, (int*)scores);
                break;
            default:
                whole = 0;
                break;
        }

        for (; whole < count; whole++)
        {
            ((int*)scores)[whole] = Dot(rows + ((long)whole * query.Stride), query, path);
        }

        Finish(scores, scales, count, query.Scale);
    }

    /// <summary>Estimates the cosine between the query and rows that lie anywhere.</summary>
    public static void ScoreAt(byte** rows, float* scales, int count, CodeQuery query, float* scores, KernelPath path)
    {
        var whole = count & ~3;
        switch (path)
        {
            case KernelPath.AvxVnni:
                GatherVnni(rows, whole, query.Stride, query.Codes, query.Bias, (int*)scores);
                break;
            case KernelPath.Avx2:
                GatherAvx2(rows, whole, query.Stride, query.Codes, query.Magnitudes, (int*)scores);
                break;
            default:
                whole = 0;
                break;
        }

        for (; whole < count; whole++)
        {
            ((int*)scores)[whole] = Dot(rows[whole], query, path);
        }

        Finish(scores, scales, count, query.Scale);
    }

    /// <summary>Estimates the cosine between the query and one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ScoreOne(byte* row, float scale, CodeQuery query, KernelPath path) => Dot(row, query, path) * scale * query.Scale;

    /// <summary>The sum of <c>row code · query code</c>.</summary>
    public static int Dot(byte* row, CodeQuery query, KernelPath path) => path switch
    {
        KernelPath.AvxVnni => DotVnni(row, query.Stride, query.Codes) - query.Bias,
        KernelPath.Avx2 => DotAvx2(row, query.Stride, query.Codes, query.Magnitudes),
        KernelPath.Vector128 => DotVector128(row, query.Stride, query.Codes) - query.Bias,
        _ => DotPlain(row, query.Stride, query.Codes),
    };

    /// <summary>The dot product of two rows' codes.</summary>
    public static int DotRows(byte* a, byte* b, int stride, KernelPath path) => path switch
    {
        KernelPath.AvxVnni => DotRowsVnni(a, b, stride),
        KernelPath.Avx2 => DotRowsAvx2(a, b, stride),
        _ => DotRowsPlain(a, b, stride),
    };

    /// <summary>Turns dot products into cosines, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(float* scores, float* scales, int count, float scale)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256.Store(Vector256.ConvertToSingle(Vector256.Load((int*)scores + i)) * Vector256.Load(scales + i) * scale, scores + i);
        }

        for (; i < count; i++)
        {
            scores[i] = ((int*)scores)[i] * scales[i] * scale;
        }
    }

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
            sum += (row[i] - Quantizer.Zero) * query[i];
        }

        return sum;
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
}
