using FaceVoice.Inference.Matching;

namespace FaceVoice.Inference.Voices;

/// <summary>The networks that a voice goes through. Thread-safe; the engine owns them.</summary>
internal sealed record VoiceStages(VoiceActivityDetector Activity, VoiceWindowSelector Selector, SpeakerEncoder Encoder, ProjectionHead? Head, int MinSamples)
{
    /// <summary>Three seconds of a tone.</summary>
    public static float[] Hum()
    {
        var hum = new float[3 * Media.AudioClip.SampleRate];
        for (var i = 0; i < hum.Length; i++)
        {
            hum[i] = 0.1f * MathF.Sin(i * 0.05f);
        }

        return hum;
    }

    public void WarmUp()
    {
        var hum = Hum();
        var silence = Activity.Detect(hum);
        var speech = Activity.FromProbabilities([.. Enumerable.Repeat(0.9f, silence.Probabilities.Length)], hum.Length);
        Selector.Select(hum, speech);
        VoiceQualityMeter.Measure(hum, speech);
        Head?.Project(Encoder.Encode(hum));
    }
}
