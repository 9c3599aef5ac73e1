using FaceVoice.Model;

namespace FaceVoice.Training.Evaluation;

/// <summary>Scores turned into probabilities: fitted on the validation people, judged on the test people.</summary>
public sealed record CalibrationResult
{
    /// <summary>Gets Platt's line and the thresholds, as they go into a model bundle.</summary>
    public required ScoreCalibration Platt { get; init; }

    /// <summary>Gets the steps of the isotonic fit: (score, probability), rising.</summary>
    public required IReadOnlyList<double[]> Isotonic { get; init; }

    /// <summary>Gets the mean log-loss of Platt's probabilities on the test people, matches and others weighing the same, in nats; ln 2 = 0.693 is knowing nothing.</summary>
    public required double PlattLogLoss { get; init; }

    /// <summary>Gets the same of the isotonic fit.</summary>
    public required double IsotonicLogLoss { get; init; }

    /// <summary>Gets the reliability curve of Platt's probabilities on the test people: (mean probability, share of matches, weight).</summary>
    public required IReadOnlyList<double[]> Reliability { get; init; }
}
