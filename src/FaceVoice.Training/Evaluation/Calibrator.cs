using FaceVoice.Models;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>
/// Fits probabilities and thresholds to scored trials. Matches and others weigh the same, so probabilities hold for a prior of one half.
/// </summary>
internal static class Calibrator
{
    private const int ReliabilityBins = 10;
    private const double Least = 1e-6;
    private const double LeastIsotonic = 1e-3;

    /// <summary>Fits on validation trials, chooses between line and steps there, judges on test trials.</summary>
    public static CalibrationResult Fit(TrialSet validation, TrialSet test)
    {
        var labels = validation.Labels();
        var platt = FitPlatt(validation.Scores, labels) with { Thresholds = Thresholds(validation.Curve()) };
        var isotonic = platt with { Isotonic = FitIsotonic(validation.Scores, labels) };
        var (plattLoss, isotonicLoss, plattGap, isotonicGap) = CrossValidate(validation);
        var chosen = isotonicLoss < plattLoss ? isotonic : platt;
        var testLabels = test.Labels();
        return new()
        {
            Chosen = chosen,
            Method = chosen == isotonic ? "isotonic" : "platt",
            Platt = platt,
            Isotonic = isotonic,
            PlattValidationLogLoss = plattLoss,
            IsotonicValidationLogLoss = isotonicLoss,
            ValidationGap = chosen == isotonic ? isotonicGap : plattGap,
            PlattLogLoss = LogLoss(test.Scores, testLabels, platt.Probability),
            IsotonicLogLoss = LogLoss(test.Scores, testLabels, isotonic.Probability),
            Reliability = Reliability(test.Scores, testLabels, chosen.Probability),
        };
    }

    /// <summary>
    /// Log-losses and gaps of line and steps, each fitted on one half of the people and judged on the other; infinite, and no gaps, where
    /// the halves are too small.
    /// </summary>
    private static (double Platt, double Isotonic, double? PlattGap, double? IsotonicGap) CrossValidate(TrialSet trials)
    {
        var people = trials.FirstIdentities.Concat(trials.SecondIdentities).Distinct().Order().ToArray();
        var half = people.Select((person, i) => (person, i)).ToDictionary(item => item.person, item => item.i % 2);
        double platt = 0, isotonic = 0, plattGap = 0, isotonicGap = 0;
        for (var fold = 0; fold < 2; fold++)
        {
            var (fit, judge) = (Select(trials, half, fold), Select(trials, half, 1 - fold));
            if (!fit.Labels.Contains(true) || !fit.Labels.Contains(false) || !judge.Labels.Contains(true) || !judge.Labels.Contains(false))
            {
                return (double.PositiveInfinity, double.PositiveInfinity, null, null);
            }

            var steps = FitPlatt(fit.Scores, fit.Labels) with { Isotonic = FitIsotonic(fit.Scores, fit.Labels) };
            var line = steps with { Isotonic = [] };
            platt += LogLoss(judge.Scores, judge.Labels, line.Probability) / 2;
            isotonic += LogLoss(judge.Scores, judge.Labels, steps.Probability) / 2;
            plattGap += Gap(Reliability(judge.Scores, judge.Labels, line.Probability)) / 2;
            isotonicGap += Gap(Reliability(judge.Scores, judge.Labels, steps.Probability)) / 2;
        }

        return (platt, isotonic, plattGap, isotonicGap);
    }

    private static double Gap(List<double[]> reliability) => reliability.Sum(bin => bin[2] * Math.Abs(bin[0] - bin[1])) / reliability.Sum(bin => bin[2]);

    private static (float[] Scores, bool[] Labels) Select(TrialSet trials, Dictionary<int, int> half, int fold)
    {
        var inside = Enumerable.Range(0, trials.Scores.Length).Where(t => half[trials.FirstIdentities[t]] == fold && half[trials.SecondIdentities[t]] == fold).ToArray();
        return ([.. inside.Select(t => trials.Scores[t])], [.. inside.Select(t => trials.FirstIdentities[t] == trials.SecondIdentities[t])]);
    }

    /// <summary>Platt's line by Newton's method on the balanced log-loss.</summary>
    public static ScoreCalibration FitPlatt(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        double scale = 1, offset = 0;
        for (var iteration = 0; iteration < 100; iteration++)
        {
            double gs = 0, go = 0, hss = 1e-9, hso = 0, hoo = 1e-9;
            for (var i = 0; i < scores.Length; i++)
            {
                var p = Sigmoid((scale * scores[i]) + offset);
                var w = labels[i] ? matchWeight : otherWeight;
                var error = w * (p - (labels[i] ? 1 : 0));
                var curvature = w * Math.Max(p * (1 - p), 1e-9);
                gs += error * scores[i];
                go += error;
                hss += curvature * scores[i] * scores[i];
                hso += curvature * scores[i];
                hoo += curvature;
            }

            var determinant = (hss * hoo) - (hso * hso);
            var (ds, dofs) = (((hoo * gs) - (hso * go)) / determinant, ((hss * go) - (hso * gs)) / determinant);
            var damping = Math.Min(1, 20 / Math.Max(Math.Abs(ds), 1e-12)); // separable scores would run away
            scale = Math.Clamp(scale - (damping * ds), 1e-3, 1e3);
            offset -= damping * dofs;
            if (Math.Abs(ds) < 1e-9 && Math.Abs(dofs) < 1e-9)
            {
                break;
            }
        }

        return new() { PlattScale = scale, PlattOffset = offset, Prior = 0.5 };
    }

    /// <summary>Isotonic regression by pooling adjacent violators: a point (mean score, share of matches) for each pool.</summary>
    public static List<double[]> FitIsotonic(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var sorted = scores.ToArray();
        Array.Sort(sorted, order);
        var pools = new List<(double Score, double Match, double Weight)>();
        for (var rank = 0; rank < order.Length; rank++)
        {
            var isMatch = labels[order[rank]];
            var weight = isMatch ? matchWeight : otherWeight;
            var pool = (Score: sorted[rank] * weight, Match: isMatch ? weight : 0, Weight: weight);
            while (pools.Count > 0 && Overlap(pools[^1], pool))
            {
                pool = (pools[^1].Score + pool.Score, pools[^1].Match + pool.Match, pools[^1].Weight + pool.Weight);
                pools.RemoveAt(pools.Count - 1);
            }

            pools.Add(pool);
        }

        return [.. pools.Select(pool => new[] { pool.Score / pool.Weight, Math.Clamp(pool.Match / pool.Weight, LeastIsotonic, 1 - LeastIsotonic) })];
    }

    /// <summary>Whether the share of matches falls from one pool to the next, or their scores are the same.</summary>
    private static bool Overlap((double Score, double Match, double Weight) lower, (double Score, double Match, double Weight) upper) =>
        lower.Match / lower.Weight >= upper.Match / upper.Weight || lower.Score / lower.Weight >= upper.Score / upper.Weight - 1e-9;

    /// <summary>Mean of -ln p of what was true, matches and others weighing the same.</summary>
    public static double LogLoss(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, Func<double, double> probability)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var p = Math.Clamp(probability(scores[i]), Least, 1 - Least);
            sum -= labels[i] ? matchWeight * Math.Log(p) : otherWeight * Math.Log(1 - p);
        }

        return sum;
    }

    private static List<DecisionThreshold> Thresholds(RocCurve curve)
    {
        var equal = EqualErrorRate.From(curve);
        var thresholds = new List<DecisionThreshold> { new() { Name = "eer", Score = equal.Threshold, FalseAcceptRate = equal.Rate, FalseRejectRate = equal.Rate } };
        foreach (var (name, rate) in new[] { ("far_1e-1", 1e-1), ("far_1e-2", 1e-2), ("far_1e-3", 1e-3) })
        {
            var point = curve.AtFalsePositiveRate(rate);
            if (double.IsFinite(point.Threshold))
            {
                thresholds.Add(new() { Name = name, Score = point.Threshold, FalseAcceptRate = point.FalsePositiveRate, FalseRejectRate = point.FalseNegativeRate });
            }
        }

        return [.. thresholds.OrderBy(threshold => threshold.Score)];
    }

    private static List<double[]> Reliability(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, Func<double, double> probability)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        var bins = new (double P, double Hit, double Weight)[ReliabilityBins];
        for (var i = 0; i < scores.Length; i++)
        {
            var p = probability(scores[i]);
            var w = labels[i] ? matchWeight : otherWeight;
            ref var bin = ref bins[Math.Clamp((int)(p * ReliabilityBins), 0, ReliabilityBins - 1)];
            bin = (bin.P + (w * p), bin.Hit + (labels[i] ? w : 0), bin.Weight + w);
        }

        return [.. bins.Where(bin => bin.Weight > 0).Select(bin => new[] { bin.P / bin.Weight, bin.Hit / bin.Weight, bin.Weight })];
    }

    private static (double Match, double Other) Weights(ReadOnlySpan<bool> labels)
    {
        var matches = labels.Count(true);
        return (0.5 / Math.Max(1, matches), 0.5 / Math.Max(1, labels.Length - matches));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
