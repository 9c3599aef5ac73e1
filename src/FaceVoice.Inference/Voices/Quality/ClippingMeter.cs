using System.Numerics;
using System.Numerics.Tensors;

namespace FaceVoice.Inference.Voices.Quality;

/// <summary>
/// Counts samples that are cut off: at digital full scale, or in a flat top of three or more equal samples near the clip's peak (cut off
/// first and made quieter later).
/// </summary>
internal static class ClippingMeter
{
    private const float FullScale = 0.995f;
    private const float NearPeak = 0.9f;
    private const float Flat = 1e-4f;
    private const float QuietPeak = 0.05f;
    private const int ShortestTop = 3;

    public static float Share(ReadOnlySpan<float> samples) => samples.IsEmpty ? 0 : (float)ClippedUpTo(samples, samples.Length)[^1] / samples.Length;

    /// <summary>Running counts at each multiple of <paramref name="hop"/> samples, the last for the whole clip.</summary>
    public static int[] ClippedUpTo(ReadOnlySpan<float> samples, int hop)
    {
        var counts = new int[((samples.Length + hop - 1) / hop) + 1];
        if (samples.IsEmpty)
        {
            return counts;
        }

        var peak = Math.Abs(TensorPrimitives.MaxMagnitude(samples));
        if (peak >= QuietPeak)
        {
            CountRuns(samples, peak, hop, counts);
        }

        for (var i = 1; i < counts.Length; i++)
        {
            counts[i] += counts[i - 1];
        }

        return counts;
    }

    private static void CountRuns(ReadOnlySpan<float> samples, float peak, int hop, int[] counts)
    {
        var near = NearPeak * peak;
        for (var start = NextLoud(samples, 0, near); start < samples.Length;)
        {
            var level = samples[start];
            var end = start + 1;
            while (end < samples.Length && Math.Abs(samples[end] - level) <= Flat * peak)
            {
                end++;
            }

            if (Math.Abs(level) >= FullScale || end - start >= ShortestTop)
            {
                counts[(start / hop) + 1] += end - start;
            }

            start = NextLoud(samples, end, near);
        }
    }

    /// <summary>
    /// The first place from <paramref name="start"/> on whose magnitude is at least <paramref name="level"/>; the length if there is none.
    /// </summary>
    private static int NextLoud(ReadOnlySpan<float> samples, int start, float level)
    {
        var limit = new Vector<float>(level);
        while (start + Vector<float>.Count <= samples.Length && !Vector.GreaterThanOrEqualAny(Vector.Abs(new Vector<float>(samples[start..])), limit))
        {
            start += Vector<float>.Count;
        }

        while (start < samples.Length && Math.Abs(samples[start]) < level)
        {
            start++;
        }

        return start;
    }
}
