using FaceVoice.Media;

namespace FaceVoice.Inference.Voices;

/// <summary>A window of a clip that is fit to be encoded.</summary>
/// <param name="Start">The first sample, counted from the start of the clip at 16 kHz.</param>
/// <param name="Length">How many samples it has.</param>
/// <param name="SpeechShare">The share of it that is speech, in [0, 1].</param>
/// <param name="ClippingShare">The share of its samples that are cut off, in [0, 1].</param>
public readonly record struct VoiceWindow(int Start, int Length, float SpeechShare, float ClippingShare)
{
    /// <summary>Gets the start, in seconds.</summary>
    public double StartSeconds => (double)Start / AudioClip.SampleRate;

    /// <summary>Gets the length, in seconds.</summary>
    public double Seconds => (double)Length / AudioClip.SampleRate;

    /// <summary>Gets the speech in it, in seconds.</summary>
    public double SpeechSeconds => Seconds * SpeechShare;
}
