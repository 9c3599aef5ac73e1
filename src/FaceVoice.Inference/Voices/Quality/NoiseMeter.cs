using System.Numerics.Tensors;

namespace FaceVoice.Inference.Voices.Quality;

/// <summary>
/// Estimates how far speech stands above the background: mean power of the speech frames against the typical power between them, or, where
/// there are no pauses, against the quietest tenth of the frames.
/// </summary>
internal static class NoiseMeter
{
    private const float Lowest = -10, Highest = 60;
    private const float SpeechProbability = 0.5f, PauseProbability = 0.1f;
    private const int EnoughPauses = 5;

    public static float SignalToNoise(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        if (activity.Segments.Count == 0)
        {
            return 0;
        }

        var probabilities = activity.Probabilities.Span;
        var powers = new List<double>();
        var pauses = new List<double>();
        double speech = 0;
        var speechFrames = 0;
        for (var frame = 0; (frame + 1) * VoiceActivity.FrameLength <= samples.Length; frame++)
        {
            var part = samples.Slice(frame * VoiceActivity.FrameLength, VoiceActivity.FrameLength);
            var power = TensorPrimitives.SumOfSquares(part) / (double)VoiceActivity.FrameLength;
            if (power == 0)
            {
                continue; // Digital silence was put there; it says nothing of the recording.
            }

            powers.Add(power);
            if (probabilities[frame] >= SpeechProbability)
            {
                speech += power;
                speechFrames++;
            }
            else if (probabilities[frame] < PauseProbability)
            {
                pauses.Add(power);
            }
        }

        if (speechFrames == 0)
        {
            return 0;
        }

        var noise = pauses.Count >= EnoughPauses ? Quantile(pauses, 0.5) : Quantile(powers, 0.1);
        var ratio = Math.Max((speech / speechFrames) - noise, 0) / noise;
        return (float)Math.Clamp(10 * Math.Log10(Math.Max(ratio, 1e-9)), Lowest, Highest);
    }

    private static double Quantile(List<double> values, double share)
    {
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }
}
