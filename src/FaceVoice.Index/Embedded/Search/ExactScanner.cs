using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>Looks at every row's codes, or at every row of a filter. Several queries share one pass over memory.</summary>
internal static unsafe class ExactScanner
{
    private const int BlockRows = 256;

    /// <summary>A filter that passes at most one row in this many is followed row by row instead of scanned.</summary>
    private const int SparseFactor = 6;

    /// <summary>Offers the slots from <paramref name="from"/> on to queries of one column.</summary>
    public static void Scan(ReadOnlySpan<VectorQuery> queries, int from, KernelPath path, CancellationToken cancellationToken)
    {
        var dense = new List<VectorQuery>(queries.Length);
        foreach (var query in queries)
        {
            if (query.Filter is { } filter && filter.Count() < (query.Slots - from) / SparseFactor)
            {
                Gather(query, filter, from, path, cancellationToken);
            }
            else
            {
                dense.Add(query);
            }
        }

        if (dense.Count > 0)
        {
            ScanAll(dense, from, path, cancellationToken);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(VectorQuery query, RowBitmap filter, int from, KernelPath path, CancellationToken cancellationToken)
    {
        var codes = query.Column.Codes;
        var seen = 0;
        foreach (var row in filter.Rows(0, query.Column.Slots.Count))
        {
            if ((++seen & 0xFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var slot = query.Column.Slots[row];
            if (slot < from || slot >= query.Slots)
            {
                continue;
            }

            var score = CodeKernels.ScoreOne(codes.Row(slot), *codes.Scale(slot), query.Codes, path);
            if (score >= query.Found.Cut && query.Admits(slot))
            {
                query.Found.Offer(slot, score);
            }
        }
    }

    private static void ScanAll(List<VectorQuery> queries, int from, KernelPath path, CancellationToken cancellationToken)
    {
        var codes = queries[0].Column.Codes;
        var scores = stackalloc float[BlockRows];
        var end = queries.Max(q => q.Slots);
        for (var start = from; start < end;)
        {
            var count = Math.Min(BlockRows - (start % BlockRows), end - start);
            if (start % CodeMatrix.ChunkRows == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            foreach (var query in queries)
            {
                CodeKernels.Score(codes.Row(start), codes.Scale(start), count, query.Codes, scores, path);
                OfferBlock(query, start, scores, count);
            }

            start += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OfferBlock(VectorQuery query, int start, float* scores, int count)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            var above = Vector256.GreaterThanOrEqual(Vector256.Load(scores + i), Vector256.Create(query.Found.Cut)).ExtractMostSignificantBits();
            for (; above != 0; above &= above - 1)
            {
                var at = i + BitOperations.TrailingZeroCount(above);
                if (query.Admits(start + at))
                {
                    query.Found.Offer(start + at, scores[at]);
                }
            }
        }

        for (; i < count; i++)
        {
            if (scores[i] >= query.Found.Cut && query.Admits(start + i))
            {
                query.Found.Offer(start + i, scores[i]);
            }
        }
    }
}
