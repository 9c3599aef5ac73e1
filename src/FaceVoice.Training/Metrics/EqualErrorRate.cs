namespace FaceVoice.Training.Metrics;

/// <summary>Where the rates of false acceptance and false rejection meet on the linearly interpolated curve.</summary>
/// <param name="Rate">The equal error rate, 0 to 1; 0.5 is chance.</param>
/// <param name="Threshold">The score at that point, interpolated between its two neighbours on the curve.</param>
public readonly record struct EqualErrorRate(double Rate, double Threshold)
{
    /// <summary>Finds the crossing: with <c>d = FNR - FPR</c>, between the last point with <c>d &gt; 0</c> and its successor.</summary>
    /// <param name="curve">The curve of the trials.</param>
    public static EqualErrorRate From(RocCurve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        var points = curve.Points;
        var k = 1;
        while (points[k].FalsePositiveRate < points[k].FalseNegativeRate)
        {
            k++;
        }

        var (before, after) = (points[k - 1], points[k]);
        var gapBefore = before.FalseNegativeRate - before.FalsePositiveRate;
        var gapAfter = after.FalseNegativeRate - after.FalsePositiveRate;
        var t = gapBefore / (gapBefore - gapAfter);
        var rate = before.FalsePositiveRate + (t * (after.FalsePositiveRate - before.FalsePositiveRate));
        var threshold = double.IsInfinity(before.Threshold) ? after.Threshold : before.Threshold + (t * (after.Threshold - before.Threshold));
        return new(rate, threshold);
    }
}
