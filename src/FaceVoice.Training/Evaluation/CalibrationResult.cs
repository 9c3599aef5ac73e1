using FaceVoice.Models;

namespace FaceVoice.Training.Evaluation;

/// <summary>Scores turned into probabilities: fitted and chosen on the validation people, judged on the test people.</summary>
/// <remarks>All log-losses are means in nats with matches and others weighing the same; ln 2 = 0.693 is knowing nothing.</remarks>
public sealed record CalibrationResult
{
    /// <summary>Gets the fit with the lower log-loss in two-fold cross-validation over the validation people, as it goes into a model bundle.</summary>
    public required ScoreCalibration Chosen { get; init; }

    /// <summary>Gets which one that is: <c>platt</c> or <c>isotonic</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Gets Platt's line.</summary>
    public required ScoreCalibration Platt { get; init; }

    /// <summary>Gets the isotonic fit.</summary>
    public required ScoreCalibration Isotonic { get; init; }

    /// <summary>Gets the cross-validated log-loss of Platt's line on the validation people; infinite where they are too few.</summary>
    public required double PlattValidationLogLoss { get; init; }

    /// <summary>Gets the same of the isotonic fit.</summary>
    public required double IsotonicValidationLogLoss { get; init; }

    /// <summary>
    /// Gets how far probabilities are from the shares of matches among validation people, 0 to 1: the mean over bins of a tenth, by weight, of the chosen fit, made on one
    /// half of the people and judged on the other; null where they are too few.
    /// </summary>
    public required double? ValidationGap { get; init; }

    /// <summary>Gets the log-loss of Platt's probabilities on the test people.</summary>
    public required double PlattLogLoss { get; init; }

    /// <summary>Gets the same of the isotonic fit.</summary>
    public required double IsotonicLogLoss { get; init; }

    /// <summary>Gets the log-loss of the chosen fit on the test people.</summary>
    public double ChosenLogLoss => Method == "isotonic" ? IsotonicLogLoss : PlattLogLoss;

    /// <summary>Gets the reliability curve of the chosen probabilities on the test people: (mean probability, share of matches, weight).</summary>
    public required IReadOnlyList<double[]> Reliability { get; init; }
}
