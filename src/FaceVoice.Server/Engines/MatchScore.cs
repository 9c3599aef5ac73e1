namespace FaceVoice.Server.Engines;

/// <summary>How well faces and voices go together.</summary>
/// <param name="Score">Cosine, -1 to 1.</param>
/// <param name="Probability">Calibrated, 0 to 1; null without calibration.</param>
/// <param name="Reasons">Why there is not enough evidence; empty where there is.</param>
internal sealed record MatchScore(float Score, double? Probability, IReadOnlyList<string> Reasons);
