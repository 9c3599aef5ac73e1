namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>One row of a table.</summary>
/// <param name="Seconds">Clip length; null for whole recordings.</param>
/// <param name="MeanSeconds">The mean length of the clips used, in seconds: whole recordings may be shorter than the clips of other rows.</param>
/// <param name="EnrolmentClips">Clips averaged on one side of a trial; the other side is one clip.</param>
/// <param name="Joined">Whether recordings of a speaker were joined to reach the length, as too few were long enough.</param>
/// <param name="Clips">Clips used.</param>
/// <param name="Speakers">Speakers with a clip.</param>
/// <param name="TargetTrials">Trials of one speaker.</param>
/// <param name="OtherTrials">Trials of two speakers.</param>
/// <param name="Cosine">Figures of the plain cosine.</param>
/// <param name="Normalised">Figures after adaptive s-norm; null without a cohort.</param>
public sealed record SpeakerEvaluationRow(
    double? Seconds, double MeanSeconds, int EnrolmentClips, bool Joined, int Clips, int Speakers, int TargetTrials, int OtherTrials, SpeakerFigures Cosine, SpeakerFigures? Normalised);
