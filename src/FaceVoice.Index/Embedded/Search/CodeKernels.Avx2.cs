using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Index.Embedded.Search;

/// <content>
/// AVX2 multiplies unsigned by signed bytes and adds neighbours in 16 bits, where two products of 127 · 127 just fit: so the query's sign
/// is moved to the
/// row's code, and its magnitude is the unsigned side.
/// </content>
internal static unsafe partial class CodeKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlockAvx2(byte* rows, int count, int stride, sbyte* query, byte* magnitudes, int* dots)
    {
        for (var row = 0; row < count; row += 4, rows += 4 * stride)
        {
            var sums = Avx2.HorizontalAdd(
                Avx2.HorizontalAdd(RowAvx2(rows, stride, query, magnitudes), RowAvx2(rows + stride, stride, query, magnitudes)),
                Avx2.HorizontalAdd(RowAvx2(rows + (2 * stride), stride, query, magnitudes), RowAvx2(rows + (3 * stride), stride, query, magnitudes)));
            Vector128.Store(sums.GetLower() + sums.GetUpper(), dots + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherAvx2(byte** rows, int count, int stride, sbyte* query, byte* magnitudes, int* dots)
    {
        var offset = Vector256.Create(Quantizer.Zero);
        var ones = Vector256.Create((short)1);
        for (var row = 0; row < count; row += 4)
        {
            byte* row0 = rows[row], row1 = rows[row + 1], row2 = rows[row + 2], row3 = rows[row + 3];
            Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (nint i = 0; i < stride; i += 32)
            {
                var sign = Vector256.Load(query + i);
                var magnitude = Vector256.Load(magnitudes + i);
                sum0 += Products(row0 + i, sign, magnitude, offset, ones);
                sum1 += Products(row1 + i, sign, magnitude, offset, ones);
                sum2 += Products(row2 + i, sign, magnitude, offset, ones);
                sum3 += Products(row3 + i, sign, magnitude, offset, ones);
            }

            var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(sum0, sum1), Avx2.HorizontalAdd(sum2, sum3));
            Vector128.Store(sums.GetLower() + sums.GetUpper(), dots + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotAvx2(byte* row, int stride, sbyte* query, byte* magnitudes) => Vector256.Sum(RowAvx2(row, stride, query, magnitudes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> RowAvx2(byte* row, int stride, sbyte* query, byte* magnitudes)
    {
        Vector256<int> sum0 = default, sum1 = default;
        var offset = Vector256.Create(Quantizer.Zero);
        var ones = Vector256.Create((short)1);
        nint i = 0;
        for (; i + 64 <= stride; i += 64)
        {
            sum0 += Products(row + i, Vector256.Load(query + i), Vector256.Load(magnitudes + i), offset, ones);
            sum1 += Products(row + i + 32, Vector256.Load(query + i + 32), Vector256.Load(magnitudes + i + 32), offset, ones);
        }

        return i < stride ? Products(row + i, Vector256.Load(query + i), Vector256.Load(magnitudes + i), offset, ones) + sum0 + sum1 : sum0 + sum1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotRowsAvx2(byte* a, byte* b, int stride)
    {
        var sum = Vector256<int>.Zero;
        var offset = Vector256.Create(Quantizer.Zero);
        var ones = Vector256.Create((short)1);
        for (nint i = 0; i < stride; i += 32)
        {
            var sign = (Vector256.Load(b + i) ^ offset).AsSByte();
            sum += Products(a + i, sign, Avx2.Abs(sign), offset, ones);
        }

        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(byte* row, Vector256<sbyte> sign, Vector256<byte> magnitude, Vector256<byte> offset, Vector256<short> ones) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign((Vector256.Load(row) ^ offset).AsSByte(), sign)), ones);
}
