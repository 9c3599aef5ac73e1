namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>A stretch of one speaker's sound; no two clips of a set share a recording.</summary>
/// <param name="Speaker">Number of the speaker.</param>
/// <param name="Samples">Mono, 16 kHz.</param>
internal sealed record SpeakerClip(int Speaker, float[] Samples);
