namespace FaceVoice.Media;

/// <summary>What a clip was before it became mono 16 kHz.</summary>
/// <param name="SampleRate">Sample rate of the recording, in hertz.</param>
/// <param name="Channels">Channels of the recording; <c>docs/media.md</c> says how they become one.</param>
/// <param name="Codec">Codec name as FFmpeg spells it, for example <c>pcm_s16le</c> or <c>opus</c>.</param>
public sealed record AudioSource(int SampleRate, int Channels, string Codec)
{
    /// <summary>Gets which audio track of the file this is, from 1.</summary>
    public int Track { get; init; } = 1;

    /// <summary>Gets how many audio tracks the file has.</summary>
    public int Tracks { get; init; } = 1;

    /// <summary>
    /// Gets when the track begins on the file's presentation clock, in seconds: 0 is where a player begins. Known where the header was read
    /// by <see cref="VideoReader"/>; 0 otherwise.
    /// </summary>
    public double StartSeconds { get; init; }
}
