using FaceVoice.Media;

namespace FaceVoice.Inference.Voices;

/// <summary>Where a clip has speech. Immutable.</summary>
public sealed class VoiceActivity
{
    /// <summary>The samples that each probability speaks of: 32 ms.</summary>
    public const int FrameLength = 512;

    internal VoiceActivity(int sampleCount, float[] probabilities, IReadOnlyList<SpeechSegment> segments)
    {
        SampleCount = sampleCount;
        Probabilities = probabilities;
        Segments = segments;
        SpeechSeconds = segments.Sum(segment => segment.Seconds);
    }

    /// <summary>Gets the length of the clip, in samples at 16 kHz.</summary>
    public int SampleCount { get; }

    /// <summary>Gets the length of the clip, in seconds.</summary>
    public double Seconds => (double)SampleCount / AudioClip.SampleRate;

    /// <summary>Gets the speech probability of each <see cref="FrameLength"/> samples, the last frame filled up with silence.</summary>
    public ReadOnlyMemory<float> Probabilities { get; }

    /// <summary>Gets the stretches of speech, in order, apart from one another.</summary>
    public IReadOnlyList<SpeechSegment> Segments { get; }

    /// <summary>Gets the length of all segments together, in seconds.</summary>
    public double SpeechSeconds { get; }

    /// <summary>
    /// Gets the level of the loud moments, in decibels below full scale (at most 0, -100 for silence). Below about -40 the detector was shown
    /// the recording amplified.
    /// </summary>
    public float LevelDb { get; internal init; }
}

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
