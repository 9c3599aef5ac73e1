namespace FaceVoice.Media;

/// <summary>What a clip was before it became mono 16 kHz.</summary>
/// <param name="SampleRate">Sample rate of the recording, in hertz.</param>
/// <param name="Channels">Channels of the recording; they are averaged into one.</param>
/// <param name="Codec">Codec name as FFmpeg spells it, for example <c>pcm_s16le</c> or <c>opus</c>.</param>
public sealed record AudioSource(int SampleRate, int Channels, string Codec);
