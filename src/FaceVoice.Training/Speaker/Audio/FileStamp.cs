namespace FaceVoice.Training.Speaker.Audio;

/// <summary>What tells, without reading it, that a file is still the one that was hashed.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Modified">Time of last change, UTC ticks.</param>
/// <param name="Sha256">The hash that belongs to it.</param>
internal sealed record FileStamp(string Path, long Bytes, long Modified, string Sha256);
