using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Which of N: accuracy of picking the one candidate that belongs to the probe.</summary>
/// <param name="Candidates">N.</param>
/// <param name="Accuracy">Share of right picks, ties one half, 95 % over identities.</param>
/// <param name="Chance">1/N.</param>
public sealed record MatchingResult(int Candidates, BootstrapInterval Accuracy, double Chance);
