using System.Numerics.Tensors;

namespace FaceVoice.Inference.Voices.Activity;

/// <summary>
/// How loud a recording is. The network hears nothing in speech far below the usual level, though there is nothing wrong with it: such recordings
/// are brought up before it.
/// </summary>
internal static class SpeechLevel
{
    private const float Floor = -100;
    private const float Quiet = -40; // below that the network begins to miss speech
    private const float Usual = -23; // where speech in everyday recordings is
    private const float MostGain = 50; // decibels: beyond that there is nothing but the noise of 16 bits
    private const double LoudFrames = 0.9; // quantile

    /// <summary>The level of the loud moments: that of the 32 ms frame which nine tenths of the frames stay below; from -100 to 0 dB.</summary>
    public static float Measure(ReadOnlySpan<float> samples)
    {
        const int frame = VoiceActivity.FrameLength;
        if (samples.IsEmpty)
        {
            return Floor;
        }

        var powers = new float[(samples.Length + frame - 1) / frame];
        for (var i = 0; i < powers.Length; i++)
        {
            var part = samples.Slice(i * frame, Math.Min(frame, samples.Length - (i * frame)));
            powers[i] = TensorPrimitives.SumOfSquares(part) / part.Length;
        }

        Array.Sort(powers);
        var loud = powers[(int)(LoudFrames * (powers.Length - 1))];
        return float.IsNaN(loud) ? Floor : Math.Clamp(10 * MathF.Log10(loud + 1e-30f), Floor, 0);
    }

    /// <summary>The factor for a recording of that level; null if it is loud enough, or silent.</summary>
    public static float? Gain(float levelDb) => levelDb is < Quiet and > Floor ? MathF.Pow(10, Math.Min(Usual - levelDb, MostGain) / 20) : null;
}
