namespace FaceVoice.Training.Speaker;

/// <summary>How a run ended.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="BestStep">The step of the weights that were kept.</param>
/// <param name="BestError">Their error on held-out speakers; null without validation.</param>
/// <param name="Weights">The file of the weights that were kept.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record SpeakerTrainingResult(long Steps, long BestStep, double? BestError, string Weights, string Reason);
