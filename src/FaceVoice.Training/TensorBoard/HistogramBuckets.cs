using FaceVoice.Training.TensorBoard.Format;

namespace FaceVoice.Training.TensorBoard;

/// <summary>Counts values into the exponentially growing buckets that TensorBoard's own writers use.</summary>
internal static class HistogramBuckets
{
    private static readonly double[] Limits = CreateLimits();

    /// <summary>The message <c>HistogramProto</c>; non-finite values are left out.</summary>
    public static HistogramProto Count(ReadOnlySpan<float> values)
    {
        var counts = new double[Limits.Length];
        double sum = 0, squares = 0, minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        long n = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                continue;
            }

            var at = Array.BinarySearch(Limits, value);
            counts[at < 0 ? ~at : at]++;
            (sum, squares, n) = (sum + value, squares + ((double)value * value), n + 1);
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
        }

        if (n == 0)
        {
            (minimum, maximum) = (0, 0);
        }

        var (first, last) = (Array.FindIndex(counts, c => c > 0), Array.FindLastIndex(counts, c => c > 0));
        var range = n == 0 ? 0..1 : Math.Max(0, first - 1)..(last + 1);
        return new HistogramProto
        {
            Min = minimum,
            Max = maximum,
            Num = n,
            Sum = sum,
            SumSquares = squares,
            BucketLimit = { Limits[range] },
            Bucket = { counts[range] },
        };
    }

    private static double[] CreateLimits()
    {
        var positive = new List<double>();
        for (var limit = 1e-12; limit < 1e20; limit *= 1.1)
        {
            positive.Add(limit);
        }

        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}
