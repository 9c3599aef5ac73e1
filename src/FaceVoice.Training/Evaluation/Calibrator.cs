using FaceVoice.Model;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Fits probabilities and thresholds to scored trials. Matches and others weigh the same, so probabilities hold for a prior of one half.</summary>
internal static class Calibrator
{
    private const int ReliabilityBins = 10;
    private const double Least = 1e-6;

    /// <summary>Fits on validation trials, judges on test trials.</summary>
    public static CalibrationResult Fit(TrialSet validation, TrialSet test)
    {
        var labels = validation.Labels();
        var platt = FitPlatt(validation.Scores, labels) with { Thresholds = Thresholds(validation.Curve()) };
        var isotonic = FitIsotonic(validation.Scores, labels);
        var testLabels = test.Labels();
        return new()
        {
            Platt = platt,
            Isotonic = isotonic,
            PlattLogLoss = LogLoss(test.Scores, testLabels, platt.Probability),
            IsotonicLogLoss = LogLoss(test.Scores, testLabels, score => Step(isotonic, score)),
            Reliability = Reliability(test.Scores, testLabels, platt.Probability),
        };
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

    /// <summary>Isotonic regression by pooling adjacent violators: (score, probability) at the start of each step.</summary>
    public static List<double[]> FitIsotonic(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        var (matchWeight, otherWeight) = Weights(labels);
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(scores.ToArray(), order);
        var steps = new List<(double Start, double Sum, double Weight)>();
        foreach (var i in order)
        {
            var weight = labels[i] ? matchWeight : otherWeight;
            steps.Add((scores[i], labels[i] ? weight : 0, weight));
            while (steps.Count > 1 && steps[^2].Sum / steps[^2].Weight >= steps[^1].Sum / steps[^1].Weight)
            {
                var merged = (steps[^2].Start, steps[^2].Sum + steps[^1].Sum, steps[^2].Weight + steps[^1].Weight);
                steps.RemoveRange(steps.Count - 2, 2);
                steps.Add(merged);
            }
        }

        return [.. steps.Select(step => new[] { step.Start, Math.Clamp(step.Sum / step.Weight, 1e-3, 1 - 1e-3) })];
    }

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

    private static double Step(List<double[]> steps, double score)
    {
        var (low, high) = (0, steps.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = steps[middle][0] <= score ? (middle, high) : (low, middle - 1);
        }

        return steps[low][1];
    }

    private static (double Match, double Other) Weights(ReadOnlySpan<bool> labels)
    {
        var matches = labels.Count(true);
        return (0.5 / Math.Max(1, matches), 0.5 / Math.Max(1, labels.Length - matches));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
