using FaceVoice.Media;

namespace FaceVoice.Inference.Tests.Voices;

/// <summary>Sounds made or changed by rule.</summary>
internal static class TestSounds
{
    public static float[] Noise(double seconds, float level, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)(seconds * AudioClip.SampleRate)).Select(_ => level * (float)((2 * random.NextDouble()) - 1))];
    }

    public static float[] Tone(double seconds, float level, double hertz) =>
        [.. Enumerable.Range(0, (int)(seconds * AudioClip.SampleRate)).Select(i => level * (float)Math.Sin(2 * Math.PI * hertz * i / AudioClip.SampleRate))];

    public static float[] Join(params IEnumerable<float[]> parts) => [.. parts.SelectMany(part => part)];

    public static float[] Add(ReadOnlySpan<float> speech, float[] other)
    {
        var sum = speech.ToArray();
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] += other[i % other.Length];
        }

        return sum;
    }

    public static float[] Clip(ReadOnlySpan<float> speech, float limit)
    {
        var clipped = speech.ToArray();
        for (var i = 0; i < clipped.Length; i++)
        {
            clipped[i] = Math.Clamp(clipped[i], -limit, limit);
        }

        return clipped;
    }

    /// <summary>What is left of a recording after a telephone line: band limit by a windowed sinc, rounded to 16 bits.</summary>
    public static float[] Telephone(ReadOnlySpan<float> speech, double cutoffHertz)
    {
        const int Half = 128;
        var kernel = new double[(2 * Half) + 1];
        for (var i = -Half; i <= Half; i++)
        {
            var x = 2 * cutoffHertz / AudioClip.SampleRate * i;
            var sinc = i == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
            kernel[i + Half] = 2 * cutoffHertz / AudioClip.SampleRate * sinc * (
                0.42 + (0.5 * Math.Cos(Math.PI * i / Half)) + (0.08 * Math.Cos(2 * Math.PI * i / Half)));
        }

        var limited = new float[speech.Length];
        for (var n = 0; n < limited.Length; n++)
        {
            double sum = 0;
            for (var i = Math.Max(0, n - Half); i <= Math.Min(speech.Length - 1, n + Half); i++)
            {
                sum += speech[i] * kernel[n - i + Half];
            }

            limited[n] = (float)(Math.Round(sum * 32768) / 32768);
        }

        return limited;
    }
}
