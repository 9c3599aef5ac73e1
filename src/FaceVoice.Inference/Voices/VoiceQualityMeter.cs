using FaceVoice.Inference.Voices.Quality;

namespace FaceVoice.Inference.Voices;

/// <summary>Measures recordings of voices. Thread-safe.</summary>
public static class VoiceQualityMeter
{
    /// <summary>Measures one clip.</summary>
    /// <param name="samples">Mono, 16 kHz.</param>
    /// <param name="activity">Where the same samples have speech.</param>
    /// <exception cref="ArgumentException"><paramref name="activity"/> speaks of a clip of another length.</exception>
    public static VoiceQuality Measure(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        if (activity.SampleCount != samples.Length)
        {
            throw new ArgumentException($"The activity is that of {activity.SampleCount} samples, not of {samples.Length}.", nameof(activity));
        }

        return new VoiceQuality
        {
            Seconds = activity.Seconds,
            SpeechSeconds = activity.SpeechSeconds,
            SignalToNoiseDb = NoiseMeter.SignalToNoise(samples, activity),
            ClippingShare = ClippingMeter.Share(samples),
            BandwidthHz = BandwidthMeter.Measure(samples, activity),
        };
    }
}
