namespace FaceVoice.Training.Metrics;

/// <summary>Trials sorted once by falling score, so that many weightings of them (bootstrap) cost one pass each.</summary>
internal sealed class RankedTrials
{
    private readonly double[] _scores;
    private readonly bool[] _isMatch;

    public RankedTrials(ReadOnlySpan<float> scores, ReadOnlySpan<bool> isMatch)
    {
        if (scores.Length != isMatch.Length)
        {
            throw new ArgumentException($"{scores.Length} scores, but {isMatch.Length} labels.", nameof(isMatch));
        }

        var keys = new float[scores.Length];
        Order = new int[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i]))
            {
                throw new ArgumentException($"The score of trial {i} is {scores[i]}; scores must be finite.", nameof(scores));
            }

            keys[i] = -scores[i];
            Order[i] = i;
        }

        Array.Sort(keys, Order);
        _scores = new double[scores.Length];
        _isMatch = new bool[scores.Length];
        for (var i = 0; i < Order.Length; i++)
        {
            _scores[i] = scores[Order[i]];
            _isMatch[i] = isMatch[Order[i]];
        }
    }

    /// <summary>The original index of the trial at each rank.</summary>
    public int[] Order { get; }

    public RocCurve Curve() => RocCurve.FromRanked(_scores, _isMatch, [], new RocPoint[_scores.Length + 1]);

    /// <summary>Brings one value a trial into rank order.</summary>
    public double[] Rank(ReadOnlySpan<double> values)
    {
        var ranked = new double[Order.Length];
        for (var i = 0; i < ranked.Length; i++)
        {
            ranked[i] = values[Order[i]];
        }

        return ranked;
    }

    /// <param name="weights">One weight a trial, in rank order.</param>
    /// <param name="points">Where the curve's points go, one more than there are trials.</param>
    public RocCurve Curve(ReadOnlySpan<double> weights, RocPoint[] points) => RocCurve.FromRanked(_scores, _isMatch, weights, points);
}

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

/// <summary>The least cost of decision over all thresholds, as in NIST's speaker recognition evaluations.</summary>
/// <param name="Minimum">min over thresholds of <c>miss * prior * FNR + falseAlarm * (1 - prior) * FPR</c>.</param>
/// <param name="Normalised"><paramref name="Minimum"/> divided by the cost of the better trivial decision (always reject, always accept).</param>
/// <param name="Threshold">The highest threshold that reaches the minimum; infinite where rejecting everything is best.</param>
public readonly record struct DetectionCost(double Minimum, double Normalised, double Threshold)
{
    /// <summary>Searches every point of a curve, the one that accepts nothing included.</summary>
    /// <param name="curve">The curve of the trials.</param>
    /// <param name="targetPrior">Assumed share of matching trials in use, between 0 and 1.</param>
    /// <param name="missCost">Cost of rejecting a match.</param>
    /// <param name="falseAlarmCost">Cost of accepting a non-match.</param>
    public static DetectionCost From(RocCurve curve, double targetPrior = 0.01, double missCost = 1, double falseAlarmCost = 1)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(targetPrior, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(targetPrior, 1);
        var (minimum, threshold) = (double.PositiveInfinity, double.PositiveInfinity);
        foreach (var point in curve.Points)
        {
            var cost = (missCost * targetPrior * point.FalseNegativeRate) + (falseAlarmCost * (1 - targetPrior) * point.FalsePositiveRate);
            if (cost < minimum)
            {
                (minimum, threshold) = (cost, point.Threshold);
            }
        }

        var trivial = Math.Min(missCost * targetPrior, falseAlarmCost * (1 - targetPrior));
        return new(minimum, minimum / trivial, threshold);
    }
}
