using FaceVoice.Models;

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

    /// <summary>Gets whether the media are good enough for the score to be read: a verdict on the evidence, not on the match.</summary>
    public required EvidenceVerdict Evidence { get; init; }

    /// <summary>Gets what a score of this model can know at all; null if nobody said.</summary>
    public ModelCapability? Capability { get; init; }

    /// <summary>Gets what the result says, in one sentence that claims no more than the model can know.</summary>
    public required string Meaning { get; init; }
}

/// <summary>Whether the media are good enough for a score to mean something.</summary>
/// <param name="Reasons">What is lacking, one sentence each with the measured value and the one needed; empty where nothing is.</param>
public sealed record EvidenceVerdict(IReadOnlyList<string> Reasons)
{
    /// <summary>Gets whether the score may be read.</summary>
    public bool IsSufficient => Reasons.Count == 0;
}
