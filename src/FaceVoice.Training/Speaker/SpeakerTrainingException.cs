namespace FaceVoice.Training.Speaker;

/// <summary>Training cannot go on; the message says where it began and what was kept.</summary>
/// <param name="message">Where it began and what was kept.</param>
public sealed class SpeakerTrainingException(string message) : Exception(message);
