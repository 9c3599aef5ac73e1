namespace FaceVoice.Inference.Matching;

/// <summary>How well faces and voices go together. A statistical score, never proof of identity.</summary>
public sealed record MatchResult
{
    /// <summary>Gets the id of the model that both sides were made with.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the cosine in the joint space, in [-1, 1].</summary>
    public required float Score { get; init; }

    /// <summary>
    /// Gets the calibrated probability that both are of one person, under the calibration's prior; null where the model was not calibrated.
    /// </summary>
    public required double? Probability { get; init; }

    /// <summary>Gets whether the media are good enough for the score to be read.</summary>
    public required EvidenceVerdict Evidence { get; init; }
}
