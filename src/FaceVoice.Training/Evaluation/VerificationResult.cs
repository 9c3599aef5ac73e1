using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Do this face and this voice belong to one person: figures over all trials of a protocol.</summary>
public sealed record VerificationResult
{
    /// <summary>Gets the area under the curve, 95 % over identities.</summary>
    public required BootstrapInterval Auc { get; init; }

    /// <summary>Gets the equal error rate, 95 % over identities.</summary>
    public required BootstrapInterval EqualErrorRate { get; init; }

    /// <summary>Gets the normalised minimum detection cost at a prior of 0.01.</summary>
    public required double NormalisedDetectionCost { get; init; }

    /// <summary>Gets the matching trials.</summary>
    public required int Matches { get; init; }

    /// <summary>Gets the other trials.</summary>
    public required int Others { get; init; }

    /// <summary>Gets the curve, thinned to what a drawing needs: (false positive rate, true positive rate).</summary>
    public required IReadOnlyList<double[]> Curve { get; init; }

    /// <summary>Gets the best possible area on the same trials, by exact likelihood ratio; null for real data.</summary>
    public double? BestPossibleAuc { get; init; }

    /// <summary>
    /// Gets the area on the same trials of the exact likelihood ratio against anybody, which is what a model trained without regard to gender learns;
    /// below <see cref="BestPossibleAuc"/> where the trials hold one gender. Null for real data.
    /// </summary>
    public double? BestUncontrolledScoreAuc { get; init; }
}
