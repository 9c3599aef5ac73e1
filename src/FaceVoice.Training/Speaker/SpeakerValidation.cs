namespace FaceVoice.Training.Speaker;

/// <summary>How well held-out speakers are told apart.</summary>
/// <param name="Step">After how many steps.</param>
/// <param name="EqualErrorRate">Over clean and degraded crops together, all pairs of different recordings; what the best weights are chosen by.</param>
/// <param name="CleanEqualErrorRate">Over clean crops alone.</param>
/// <param name="DetectionCost">Normalised minDCF at a prior of 0.01, clean and degraded together.</param>
/// <param name="IsBest">Whether it is the lowest error so far.</param>
public sealed record SpeakerValidation(long Step, double EqualErrorRate, double CleanEqualErrorRate, double DetectionCost, bool IsBest);
