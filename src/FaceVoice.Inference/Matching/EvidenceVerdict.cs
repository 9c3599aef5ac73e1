namespace FaceVoice.Inference.Matching;

/// <summary>Whether the media are good enough for a score to mean something.</summary>
/// <param name="Reasons">What is lacking, one sentence each with the measured value and the one needed; empty where nothing is.</param>
public sealed record EvidenceVerdict(IReadOnlyList<string> Reasons)
{
    /// <summary>Gets whether the score may be read.</summary>
    public bool IsSufficient => Reasons.Count == 0;
}
