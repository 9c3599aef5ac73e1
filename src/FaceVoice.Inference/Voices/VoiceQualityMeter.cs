using System.Numerics.Tensors;
using FaceVoice.Inference.Voices.Quality;
using FaceVoice.Media;

namespace FaceVoice.Inference.Voices;

/// <summary>Measures recordings of voices. Thread-safe.</summary>
/// <remarks>
/// The signal-to-noise ratio is the mean power of the speech frames against the typical power between them, or, if there are no pauses, against the
/// quietest tenth of the frames. The bandwidth is where the speech's long-term spectrum ends: the highest band within 60 dB of the
/// strongest. Averaging
/// power over speech frames lets fricatives carry the upper bands; a resampler leaves those of a telephone far lower.
/// </remarks>
public static class VoiceQualityMeter
{
    private const float LowestRatio = -10, HighestRatio = 60;
    private const float SpeechProbability = 0.5f, PauseProbability = 0.1f;
    private const int EnoughPauses = 5;
    private const int BinsPerBand = 4;
    private const double RangeDb = 60;

    /// <summary>Measures one clip, in one pass over its frames.</summary>
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

        var frames = samples.Length / VoiceActivity.FrameLength;
        var spectrum = new SpectrumSum();
        var powers = new List<double>(frames);
        var pauses = new List<double>(frames);
        double speech = 0;
        var speechFrames = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            var part = samples.Slice(frame * VoiceActivity.FrameLength, VoiceActivity.FrameLength);
            var power = TensorPrimitives.SumOfSquares(part) / (double)VoiceActivity.FrameLength;
            if (power == 0)
            {
                continue; // Digital silence was put there; it says nothing of the recording.
            }

            powers.Add(power);
            var probability = activity.Probabilities.Span[frame];
            if (probability >= SpeechProbability)
            {
                speech += power;
                speechFrames++;
                spectrum.Add(part);
            }
            else if (probability < PauseProbability)
            {
                pauses.Add(power);
            }
        }

        return new VoiceQuality
        {
            Seconds = activity.Seconds,
            SpeechSeconds = activity.SpeechSeconds,
            SignalToNoiseDb = activity.Segments.Count == 0 || speechFrames == 0 ? 0 : SignalToNoise(speech / speechFrames, pauses, powers),
            ClippingShare = ClippingMeter.Share(samples),
            BandwidthHz = Bandwidth(spectrum.Power()),
            LevelDb = activity.LevelDb,
        };
    }

    private static float SignalToNoise(double speech, List<double> pauses, List<double> powers)
    {
        var noise = pauses.Count >= EnoughPauses ? Quantile(pauses, 0.5) : Quantile(powers, 0.1);
        var ratio = Math.Max(speech - noise, 0) / noise;
        return (float)Math.Clamp(10 * Math.Log10(Math.Max(ratio, 1e-9)), LowestRatio, HighestRatio);
    }

    private static double Quantile(List<double> values, double share)
    {
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }

    private static float Bandwidth(ReadOnlySpan<double> power)
    {
        Span<double> bands = stackalloc double[power.Length / BinsPerBand];
        for (var band = 0; band < bands.Length; band++)
        {
            bands[band] = TensorPrimitives.Sum(power.Slice(band * BinsPerBand, BinsPerBand));
        }

        var floor = TensorPrimitives.Max<double>(bands) * Math.Pow(10, -RangeDb / 10);
        if (!(floor > 0))
        {
            return 0;
        }

        var last = bands.Length - 1;
        while (bands[last] < floor)
        {
            last--;
        }

        return (last + 1f) * BinsPerBand * AudioClip.SampleRate / SpectrumSum.Size;
    }
}

/// <summary>How much a recording of a voice can be relied on.</summary>
public sealed record VoiceQuality
{
    /// <summary>Gets the length, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the speech in it, in seconds.</summary>
    public required double SpeechSeconds { get; init; }

    /// <summary>
    /// Gets the estimated ratio of speech to background noise, in decibels, from -10 to 60; 0 where there is no speech. Above about 20 is
    /// clean, below about 5 is poor.
    /// </summary>
    public required float SignalToNoiseDb { get; init; }

    /// <summary>Gets the share of samples that are cut off at full scale or at a flat top, in [0, 1].</summary>
    public required float ClippingShare { get; init; }

    /// <summary>
    /// Gets the frequency up to which the speech has energy, in hertz, at most 8,000; 0 where there is no speech. About 3,400 to 4,100
    /// means a telephone recording, whatever its sample rate now is.
    /// </summary>
    public required float BandwidthHz { get; init; }

    /// <summary>
    /// Gets the level of the loud moments, in decibels below full scale: from -100 (silence) to 0; speech is usually between -35 and -15.
    /// </summary>
    public float LevelDb { get; init; }
}
