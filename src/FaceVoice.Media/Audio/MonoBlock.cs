namespace FaceVoice.Media.Audio;

/// <summary>Some mono 16 kHz samples, valid until the next block is asked for, and what they were made from.</summary>
internal readonly record struct MonoBlock(ReadOnlyMemory<float> Samples, AudioSource? Source);
