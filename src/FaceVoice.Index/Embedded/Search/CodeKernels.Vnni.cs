using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaceVoice.Index.Embedded.Search;

/// <content>AVX-VNNI multiplies the stored, unsigned bytes by the query's signed ones; what the offset of 128 adds is the query's bias.</content>
internal static unsafe partial class CodeKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BlockVnni(byte* rows, int count, int stride, sbyte* query, int bias, int* dots)
    {
        for (var row = 0; row < count; row += 4, rows += 4 * stride)
        {
            var sums = Avx2.HorizontalAdd(
                Avx2.HorizontalAdd(RowVnni(rows, stride, query), RowVnni(rows + stride, stride, query)),
                Avx2.HorizontalAdd(RowVnni(rows + (2 * stride), stride, query), RowVnni(rows + (3 * stride), stride, query)));
            Vector128.Store(sums.GetLower() + sums.GetUpper() - Vector128.Create(bias), dots + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherVnni(byte** rows, int count, int stride, sbyte* query, int bias, int* dots)
    {
        for (var row = 0; row < count; row += 4)
        {
            byte* row0 = rows[row], row1 = rows[row + 1], row2 = rows[row + 2], row3 = rows[row + 3];
            Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (nint i = 0; i < stride; i += 32)
            {
                var q = Vector256.Load(query + i);
                sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(row0 + i), q);
                sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.Load(row1 + i), q);
                sum2 = AvxVnni.MultiplyWideningAndAdd(sum2, Vector256.Load(row2 + i), q);
                sum3 = AvxVnni.MultiplyWideningAndAdd(sum3, Vector256.Load(row3 + i), q);
            }

            var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(sum0, sum1), Avx2.HorizontalAdd(sum2, sum3));
            Vector128.Store(sums.GetLower() + sums.GetUpper() - Vector128.Create(bias), dots + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotVnni(byte* row, int stride, sbyte* query) => Vector256.Sum(RowVnni(row, stride, query));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> RowVnni(byte* row, int stride, sbyte* query)
    {
        Vector256<int> sum0 = default, sum1 = default;
        nint i = 0;
        for (; i + 64 <= stride; i += 64)
        {
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(row + i), Vector256.Load(query + i));
            sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.Load(row + i + 32), Vector256.Load(query + i + 32));
        }

        return i < stride ? AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.Load(row + i), Vector256.Load(query + i)) + sum1 : sum0 + sum1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DotRowsVnni(byte* a, byte* b, int stride)
    {
        var sum = Vector256<int>.Zero;
        var offset = Vector256.Create(Quantizer.Zero);
        for (nint i = 0; i < stride; i += 32)
        {
            // The instruction takes one unsigned side: move a's sign over to b.
            var x = (Vector256.Load(a + i) ^ offset).AsSByte();
            var y = (Vector256.Load(b + i) ^ offset).AsSByte();
            sum = AvxVnni.MultiplyWideningAndAdd(sum, Avx2.Abs(x), Avx2.Sign(y, x));
        }

        return Vector256.Sum(sum);
    }
}
