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
    private const double LowestCeiling = 0.5;

    /// <summary>From few parameters to many.</summary>
    private static readonly (string Name, Func<LabelledTrials, ScoreCalibration> Fit)[] Methods =
    [
        ("platt", trials => FitPlatt(trials.Scores, trials.Labels)),
        ("platt with a ceiling", trials => FitCeiling(trials.Scores, trials.Labels)),
        ("isotonic", trials => FitPlatt(trials.Scores, trials.Labels) with { Isotonic = FitIsotonic(trials.Scores, trials.Labels) }),
    ];

    /// <summary>Fits on validation trials, chooses between line, line with a ceiling and steps there, judges on test trials.</summary>
    public static CalibrationResult Fit(LabelledTrials validation, LabelledTrials test)
    {
        var thresholds = Thresholds(RocCurve.Compute(validation.Scores, validation.Labels));
        var fits = Array.ConvertAll(Methods, method => method.Fit(validation) with { Thresholds = thresholds });
        var crossed = Array.ConvertAll(Methods, method => CrossValidate(validation, method.Fit));
        var best = 0; // the simplest, unless another one is better
        for (var i = 1; i < Methods.Length; i++)
        {
            best = crossed[i].LogLoss < crossed[best].LogLoss ? i : best;
        }

        return new()
        {
            Chosen = fits[best],
            Method = Methods[best].Name,
            Fits = [.. Methods.Select((method, i) => new CalibrationFit
            {
                Method = method.Name,
                Calibration = fits[i],
                ValidationLogLoss = crossed[i].LogLoss,
                LogLoss = LogLoss(test.Scores, test.Labels, fits[i].Probability),
            })],
            ValidationGap = crossed[best].Gap,
            Reliability = Reliability(test.Scores, test.Labels, fits[best].Probability),
        };
    }

    /// <summary>
    /// Log-loss and gap of a method, fitted on one half of the people and judged on the other; infinite, and no gap, where the halves are too
    /// small.
    /// </summary>
    private static (double LogLoss, double? Gap) CrossValidate(LabelledTrials trials, Func<LabelledTrials, ScoreCalibration> fit)
    {
        double loss = 0, gap = 0;
        for (var fold = 0; fold < 2; fold++)
        {
            var (ours, theirs) = (trials.Half(fold), trials.Half(1 - fold));
            if (!ours.HasBothKinds || !theirs.HasBothKinds)
            {
                return (double.PositiveInfinity, null);
            }

            var fitted = fit(ours);
            loss += LogLoss(theirs.Scores, theirs.Labels, fitted.Probability) / 2;
            gap += Gap(Reliability(theirs.Scores, theirs.Labels, fitted.Probability)) / 2;
        }

        return (loss, gap);
    }

    private static double Gap(List<double[]> reliability) => reliability.Sum(bin => bin[2] * Math.Abs(bin[0] - bin[1])) / reliability.Sum(bin => bin[2]);

    /// <summary>Platt's line under a ceiling, by Fisher's scoring on the balanced log-loss.</summary>
    public static ScoreCalibration FitPlatt(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, double ceiling = 1)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        double scale = 1, offset = 0;
        for (var iteration = 0; iteration < 100; iteration++)
        {
            double gs = 0, go = 0, hss = 1e-9, hso = 0, hoo = 1e-9;
            for (var i = 0; i < scores.Length; i++)
            {
                var share = Sigmoid((scale * scores[i]) + offset);
                var p = ceiling * share;
                var slope = p * (1 - share);
                var spread = Math.Max(p * (1 - p), 1e-9);
                var w = labels[i] ? matchWeight : otherWeight;
                var error = w * (p - (labels[i] ? 1 : 0)) * (slope / spread);
                var curvature = w * Math.Max(slope * slope / spread, 1e-9);
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

        return new() { PlattScale = scale, PlattOffset = offset, PlattCeiling = ceiling < 1 ? ceiling : null, Prior = 0.5 };
    }

    /// <summary>
    /// The line under the ceiling that fits best. A model that tells groups and not people is never surer than the share of its group
    /// allows: where q of all others are of one's own group, likelihood ratios end at 1/q, and probabilities at 1 / (1 + q).
    /// </summary>
    public static ScoreCalibration FitCeiling(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        // Golden section: the loss of the best line has one valley in the ceiling.
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (LowestCeiling, 1.0);
        var (left, right) = (Try(scores, labels, high - (ratio * (high - low))), Try(scores, labels, low + (ratio * (high - low))));
        while (high - low > 0.002)
        {
            if (left.Loss < right.Loss)
            {
                (high, right) = (right.Ceiling, left);
                left = Try(scores, labels, high - (ratio * (high - low)));
            }
            else
            {
                (low, left) = (left.Ceiling, right);
                right = Try(scores, labels, low + (ratio * (high - low)));
            }
        }

        return left.Loss < right.Loss ? left.Fit : right.Fit;

        static (ScoreCalibration Fit, double Ceiling, double Loss) Try(
            ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels, double ceiling)
        {
            var fit = FitPlatt(scores, labels, ceiling);
            return (fit, ceiling, LogLoss(scores, labels, fit.Probability));
        }
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
