namespace FaceVoice.Model;

/// <summary>Platt scaling of a cosine and decision thresholds, both fitted on validation identities.</summary>
public sealed record ScoreCalibration
{
    /// <summary>Factor of the score in the logit.</summary>
    public required double PlattScale { get; init; }

    /// <summary>Constant of the logit.</summary>
    public required double PlattOffset { get; init; }

    /// <summary>The share of matching pairs that the fit assumed, 0..1.</summary>
    /// <value>The default is 0.5.</value>
    public double Prior { get; init; } = 0.5;

    /// <summary>Operating points by rising score.</summary>
    public IReadOnlyList<DecisionThreshold> Thresholds { get; init; } = [];

    /// <summary>What it was fitted on, for people.</summary>
    public string? Data { get; init; }

    /// <summary>The probability of a match, <c>1 / (1 + exp(-(scale * score + offset)))</c>, under <see cref="Prior"/>.</summary>
    public double Probability(double score) => 1.0 / (1.0 + Math.Exp(-((PlattScale * score) + PlattOffset)));
}
