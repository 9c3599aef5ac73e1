namespace FaceVoice.Training.Speaker.Sampling;

/// <summary>One class of the classifier: a speaker at one speed.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Speed">At which speed; 1 is as recorded.</param>
/// <param name="Utterances">Indices of the recordings in the audio cache.</param>
internal sealed record TrainingClass(string Speaker, double Speed, int[] Utterances);
