using FaceVoice.Media;

namespace FaceVoice.Inference.WarmUp;

/// <summary>
/// Makes three seconds of vowels that nobody spoke: pulses of a throat through the resonances of a, i and o, in syllables. The detector of
/// speech takes them for speech: a warm-up with them goes every step that a recording goes.
/// </summary>
public static class SyntheticVowels
{
    private const double SyllablesPerSecond = 4.5;
    private static readonly double[][] Vowels = [[700, 1_200, 2_500], [300, 2_200, 3_000], [500, 900, 2_400]];
    private static readonly double[] Loudness = [1, 0.5, 0.25];

    /// <summary>The recording as a WAV file, mono, 16 kHz.</summary>
    /// <param name="round">Another pitch for each round, 0 to 99, as an equal recording would be answered from the cache.</param>
    public static byte[] Wav(int round) => WavWriter.Encode(Samples(round));

    /// <summary>The samples, mono, 16 kHz, in [-0.5, 0.5].</summary>
    /// <param name="round">Another pitch for each round, 0 to 99.</param>
    public static float[] Samples(int round)
    {
        var samples = new float[3 * AudioClip.SampleRate];
        var (resonators, breath) = (new double[3, 2], new Random(1));
        var throat = 0.0;
        for (var i = 0; i < samples.Length; i++)
        {
            var seconds = (double)i / AudioClip.SampleRate;
            var syllable = (int)(seconds * SyllablesPerSecond);
            var place = (seconds * SyllablesPerSecond) - syllable;
            throat += (120 + round) * (1 + (0.08 * Math.Sin(2 * Math.PI * 0.7 * seconds))) / AudioClip.SampleRate;
            var pulse = throat >= 1 ? 1.0 : 0;
            throat -= pulse;
            var envelope = place < 0.8 ? Math.Pow(Math.Sin(Math.PI * place), 0.7) : 0;
            samples[i] = (float)Resonate(
                resonators, Vowels[syllable % Vowels.Length], envelope * (pulse + (0.01 * (breath.NextDouble() - 0.5))));
        }

        var peak = samples.Max(Math.Abs);
        return Array.ConvertAll(samples, sample => 0.5f * sample / peak);
    }

    /// <summary>Three two-pole resonators beside one another, one for each formant.</summary>
    private static double Resonate(double[,] state, double[] formants, double input)
    {
        var sum = 0.0;
        for (var f = 0; f < formants.Length; f++)
        {
            var radius = Math.Exp(-Math.PI * (60 + (40 * f)) / AudioClip.SampleRate);
            var next = input + (
                2 * radius * Math.Cos(2 * Math.PI * formants[f] / AudioClip.SampleRate) * state[f, 0]) - (radius * radius * state[f, 1]);
            (state[f, 1], state[f, 0]) = (state[f, 0], next);
            sum += Loudness[f] * next;
        }

        return sum;
    }
}
