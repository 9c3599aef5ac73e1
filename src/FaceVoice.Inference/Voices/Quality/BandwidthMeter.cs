using System.Numerics;
using FaceVoice.Media;

namespace FaceVoice.Inference.Voices.Quality;

/// <summary>
/// Finds the frequency where the speech's long-term spectrum ends: the highest band that stands within <see cref="RangeDb"/> of the
/// strongest.
/// </summary>
/// <remarks>
/// Averaging power over speech frames lets fricatives carry the upper bands; a resampler leaves those of a telephone far lower.
/// </remarks>
internal static class BandwidthMeter
{
    private const int Size = VoiceActivity.FrameLength;
    private const int BinsPerBand = 4;
    private const double RangeDb = 60;
    private const float SpeechProbability = 0.5f;

    private static readonly double[] Window = [.. Enumerable.Range(0, Size).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Size)))];

    public static float Measure(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        var bands = new double[Size / 2 / BinsPerBand];
        var probabilities = activity.Probabilities.Span;
        var frames = new Complex[Size];
        for (var frame = 0; (frame + 1) * Size <= samples.Length; frame++)
        {
            if (probabilities[frame] >= SpeechProbability)
            {
                AddSpectrum(samples.Slice(frame * Size, Size), frames, bands);
            }
        }

        return HighestBand(bands);
    }

    private static void AddSpectrum(ReadOnlySpan<float> samples, Complex[] work, double[] bands)
    {
        for (var i = 0; i < Size; i++)
        {
            work[i] = samples[i] * Window[i];
        }

        FourierTransform.Forward(work);
        for (var bin = 0; bin < Size / 2; bin++)
        {
            var value = work[bin];
            bands[bin / BinsPerBand] += (value.Real * value.Real) + (value.Imaginary * value.Imaginary);
        }
    }

    private static float HighestBand(double[] bands)
    {
        var floor = bands.Max() * Math.Pow(10, -RangeDb / 10);
        if (!(floor > 0))
        {
            return 0;
        }

        var band = bands.Length - 1;
        while (bands[band] < floor)
        {
            band--;
        }

        return (band + 1f) * BinsPerBand * AudioClip.SampleRate / Size;
    }
}
