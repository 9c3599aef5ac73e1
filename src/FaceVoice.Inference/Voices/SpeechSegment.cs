using FaceVoice.Media;

namespace FaceVoice.Inference.Voices;

/// <summary>A stretch of speech.</summary>
/// <param name="Start">The first sample, counted from the start of the clip at 16 kHz.</param>
/// <param name="Length">How many samples it has, at least 1.</param>
public readonly record struct SpeechSegment(int Start, int Length)
{
    /// <summary>Gets the sample after the last.</summary>
    public int End => Start + Length;

    /// <summary>Gets the start, in seconds.</summary>
    public double StartSeconds => (double)Start / AudioClip.SampleRate;

    /// <summary>Gets the length, in seconds.</summary>
    public double Seconds => (double)Length / AudioClip.SampleRate;
}
