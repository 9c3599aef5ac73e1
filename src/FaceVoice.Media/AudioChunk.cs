namespace FaceVoice.Media;

/// <summary>A stretch of a longer recording.</summary>
/// <param name="StartSeconds">Where it begins in the recording, in seconds.</param>
/// <param name="Clip">Its sound, mono 16 kHz, in memory of its own.</param>
public sealed record AudioChunk(double StartSeconds, AudioClip Clip);
