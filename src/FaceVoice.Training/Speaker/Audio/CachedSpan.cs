namespace FaceVoice.Training.Speaker.Audio;

/// <summary>Where one recording lies in the cache's sample file.</summary>
/// <param name="Sha256">Hash of the source file's bytes, hexadecimal: the key.</param>
/// <param name="Offset">First sample.</param>
/// <param name="Samples">Number of samples, 16 kHz; 0 where the file could not be decoded.</param>
internal sealed record CachedSpan(string Sha256, long Offset, int Samples);
