namespace FaceVoice.Models;

/// <summary>How the scores of each space are read; null where nothing was measured.</summary>
public sealed record CalibrationSpecs
{
    /// <summary>Face against voice, cosine in the joint space.</summary>
    public ScoreCalibration? Joint { get; init; }

    /// <summary>Voice against voice, cosine in the speaker space.</summary>
    public ScoreCalibration? Speaker { get; init; }

    /// <summary>Face against face, cosine in the face space.</summary>
    public ScoreCalibration? Face { get; init; }
}

/// <summary>How a cosine is read: Platt scaling, or steps where those fitted the validation identities better, and decision thresholds.</summary>
public sealed record ScoreCalibration
{
    /// <summary>Factor of the score in the logit.</summary>
    public required double PlattScale { get; init; }

    /// <summary>Constant of the logit.</summary>
    public required double PlattOffset { get; init; }

    /// <summary>
    /// What the probability levels off at, in (0, 1]: a model that tells groups, and not people, is never surer than this. Null for 1, as in
    /// bundles of earlier versions.
    /// </summary>
    public double? PlattCeiling { get; init; }

    /// <summary>The share of matching pairs that the fit assumed, 0..1.</summary>
    /// <value>The default is 0.5.</value>
    public double Prior { get; init; } = 0.5;

    /// <summary>
    /// Points (score, probability), both rising, with straight lines between them and level ends; empty where Platt's line is used.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Isotonic { get; init; } = [];

    /// <summary>Operating points by rising score.</summary>
    public IReadOnlyList<DecisionThreshold> Thresholds { get; init; } = [];

    /// <summary>What it was fitted on, for people.</summary>
    public string? Data { get; init; }

    /// <summary>
    /// The probability of a match under <see cref="Prior"/>: from <see cref="Isotonic"/> where it has points, else
    /// <c>ceiling / (1 + exp(-(scale * score + offset)))</c>.
    /// </summary>
    public double Probability(double score) =>
        Isotonic.Count > 0 ? Interpolate(score) : (PlattCeiling ?? 1) / (1.0 + Math.Exp(-((PlattScale * score) + PlattOffset)));

    private double Interpolate(double score)
    {
        var above = 0;
        while (above < Isotonic.Count && Isotonic[above][0] <= score)
        {
            above++;
        }

        if (above == 0 || above == Isotonic.Count)
        {
            return Isotonic[Math.Min(above, Isotonic.Count - 1)][1];
        }

        var (left, right) = (Isotonic[above - 1], Isotonic[above]);
        return left[1] + ((right[1] - left[1]) * (score - left[0]) / (right[0] - left[0]));
    }
}

/// <summary>An operating point: pairs with at least this score are accepted.</summary>
public sealed record DecisionThreshold
{
    /// <summary>A name, such as <c>eer</c> or <c>far_1e-2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The lowest score that is accepted.</summary>
    public required double Score { get; init; }

    /// <summary>The share of wrong pairs accepted on the validation data, 0..1.</summary>
    public double? FalseAcceptRate { get; init; }

    /// <summary>The share of right pairs refused on the validation data, 0..1.</summary>
    public double? FalseRejectRate { get; init; }
}
