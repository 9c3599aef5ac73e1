namespace FaceVoice.Training.Speaker.Data;

/// <summary>One recording of one person.</summary>
/// <param name="Path">The audio file, absolute.</param>
/// <param name="Speaker">Who speaks; the same text means the same person.</param>
public sealed record SpeakerUtterance(string Path, string Speaker);
