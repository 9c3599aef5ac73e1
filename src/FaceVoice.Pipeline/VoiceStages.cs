using FaceVoice.Pipeline.Heads;
using FaceVoice.Speech;

namespace FaceVoice.Pipeline;

/// <summary>The networks that a voice goes through. Thread-safe; the engine owns them.</summary>
internal sealed record VoiceStages(VoiceActivityDetector Activity, VoiceWindowSelector Selector, SpeakerEncoder Encoder, ProjectionHead? Head, int MinSamples)
{
    public void WarmUp()
    {
        var hum = new float[3 * Media.AudioClip.SampleRate];
        for (var i = 0; i < hum.Length; i++)
        {
            hum[i] = 0.1f * MathF.Sin(i * 0.05f);
        }

        VoiceQualityMeter.Measure(hum, Activity.Detect(hum));
        Head?.Project(Encoder.Encode(hum));
    }
}
