namespace FaceVoice.Training.Metrics;

/// <summary>The receiver operating characteristic of scored trials. Immutable, so thread-safe.</summary>
/// <remarks>
/// It starts at (0, 0) with an infinite threshold; then comes one point for each different score, from the highest down, so that tied
/// scores enter together. Higher score = more alike; a trial is accepted when its score is at or above the threshold.
/// </remarks>
public sealed class RocCurve
{
    private readonly ReadOnlyMemory<RocPoint> _points;

    private RocCurve(ReadOnlyMemory<RocPoint> points, double positives, double negatives)
    {
        _points = points;
        PositiveWeight = positives;
        NegativeWeight = negatives;
        AreaUnderCurve = Trapezoids(points.Span);
    }

    /// <summary>Gets the points, thresholds falling; the last is (1, 1).</summary>
    public ReadOnlySpan<RocPoint> Points => _points.Span;

    /// <summary>Gets the number (or the total weight) of matching trials.</summary>
    public double PositiveWeight { get; }

    /// <summary>Gets the number (or the total weight) of non-matching trials.</summary>
    public double NegativeWeight { get; }

    /// <summary>Gets the share of (matching, non-matching) couples in the right order, ties counting one half; 0.5 is chance.</summary>
    public double AreaUnderCurve { get; }

    /// <summary>Computes the curve of equally weighted trials.</summary>
    /// <param name="scores">One finite score a trial.</param>
    /// <param name="isMatch">Whether the trial's two sides are the same person; as long as <paramref name="scores"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or one of the two kinds of trial is missing.</exception>
    public static RocCurve Compute(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isMatch) =>
        new RankedTrials(scores, isMatch).Curve();

    /// <summary>Computes the curve of trials that count more or less.</summary>
    /// <param name="scores">One finite score a trial.</param>
    /// <param name="isMatch">Whether the trial's two sides are the same person; as long as <paramref name="scores"/>.</param>
    /// <param name="weights">What each trial counts, 0 or more; empty for 1.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or one of the two kinds of trial is missing.</exception>
    public static RocCurve Compute(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isMatch, ReadOnlySpan<double> weights)
    {
        var ranked = new RankedTrials(scores, isMatch);
        return weights.IsEmpty ? ranked.Curve() : ranked.Curve(ranked.Rank(weights), new RocPoint[scores.Length + 1]);
    }

    /// <summary>Builds the curve from trials in falling order of score; where they are weighted, those that weigh nothing make no points.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="isMatch">Whether each is of a match.</param>
    /// <param name="weights">What each weighs; empty for 1.</param>
    /// <param name="points">Where the points go, one more than trials: the curve is good until it is used again.</param>
    internal static RocCurve FromRanked(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isMatch, ReadOnlySpan<double> weights, RocPoint[] points)
    {
        double positives = 0, negatives = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            (isMatch[i] ? ref positives : ref negatives) += weight;
        }

        if (positives <= 0 || negatives <= 0)
        {
            throw new ArgumentException("A curve needs at least one matching and one non-matching trial.", nameof(isMatch));
        }

        var count = 0;
        points[count++] = new(0, 0, double.PositiveInfinity);
        double truePositives = 0, falsePositives = 0;
        var hasMoved = false;
        for (var i = 0; i < scores.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            hasMoved |= weight > 0;
            (isMatch[i] ? ref truePositives : ref falsePositives) += weight;
            if (hasMoved && (i + 1 == scores.Length || scores[i + 1] != scores[i]))
            {
                points[count++] = new(falsePositives / negatives, truePositives / positives, scores[i]);
                hasMoved = false;
            }
        }

        return new(points.AsMemory(0, count), positives, negatives);
    }

    /// <summary>The highest true-positive rate that keeps the false-positive rate at or below a limit, and its threshold.</summary>
    /// <param name="falsePositiveRate">The limit, 0 to 1.</param>
    public RocPoint AtFalsePositiveRate(double falsePositiveRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(falsePositiveRate);
        var best = Points[0];
        foreach (var point in Points)
        {
            if (point.FalsePositiveRate > falsePositiveRate)
            {
                break;
            }

            best = point;
        }

        return best;
    }

    private static double Trapezoids(ReadOnlySpan<RocPoint> points)
    {
        double area = 0;
        for (var i = 1; i < points.Length; i++)
        {
            var (previous, next) = (points[i - 1], points[i]);
            area += (next.FalsePositiveRate - previous.FalsePositiveRate) * (next.TruePositiveRate + previous.TruePositiveRate) / 2;
        }

        return area;
    }
}

/// <summary>One point of a receiver operating characteristic: what accepting every score at or above a threshold does.</summary>
/// <param name="FalsePositiveRate">Share of the non-matching trials accepted, 0 to 1.</param>
/// <param name="TruePositiveRate">Share of the matching trials accepted, 0 to 1.</param>
/// <param name="Threshold">The lowest score accepted; positive infinity at the first point, where nothing is.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold)
{
    /// <summary>Gets the share of the matching trials rejected, 0 to 1.</summary>
    public double FalseNegativeRate => 1 - TruePositiveRate;
}
