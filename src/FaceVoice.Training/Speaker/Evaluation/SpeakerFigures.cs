using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>Error figures with their 95 % intervals over speakers.</summary>
/// <param name="EqualErrorRate">The equal error rate, 0 to 1.</param>
/// <param name="DetectionCost">Normalised minDCF at a target prior of 0.01.</param>
/// <param name="AreaUnderCurve">The area under the ROC curve.</param>
public sealed record SpeakerFigures(BootstrapInterval EqualErrorRate, BootstrapInterval DetectionCost, BootstrapInterval AreaUnderCurve);
