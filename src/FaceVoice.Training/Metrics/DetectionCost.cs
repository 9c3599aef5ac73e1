namespace FaceVoice.Training.Metrics;

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
