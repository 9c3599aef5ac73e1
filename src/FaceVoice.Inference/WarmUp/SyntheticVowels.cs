using System.Runtime.CompilerServices;
using FaceVoice.Media;

namespace FaceVoice.Inference.WarmUp;

/// <summary>
/// Makes three seconds of vowels that nobody spoke: pulses of a throat through the resonances of a, i and o, in syllables. The detector of
/// speech takes them for speech: a warm-up with them goes every step that a recording goes.
/// </summary>
public static class SyntheticVowels
{
    private const double SyllablesPerSecond = 4.5;
    private static readonly Resonance[][] Vowels =
        [.. new[] { new[] { 700, 1_200, 2_500 }, [300, 2_200, 3_000], [500, 900, 2_400] }.Select(formants => formants.Select(Resonance.At).ToArray())];

    private static readonly double[] Loudness = [1, 0.5, 0.25];

    /// <summary>The recording as a WAV file, mono, 16 kHz.</summary>
    /// <param name="round">Another pitch for each round, 0 to 99, as an equal recording would be answered from the cache.</param>
    public static byte[] Wav(int round) => WavWriter.Encode(Samples(round));

    /// <summary>The samples, mono, 16 kHz, in [-0.5, 0.5].</summary>
    /// <param name="round">Another pitch for each round, 0 to 99.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // it runs while a server starts, before tiered compilation has looked at it
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Resonate(double[,] state, Resonance[] formants, double input)
    {
        var sum = 0.0;
        for (var f = 0; f < formants.Length; f++)
        {
            var next = input + (formants[f].Last * state[f, 0]) - (formants[f].LastButOne * state[f, 1]);
            (state[f, 1], state[f, 0]) = (state[f, 0], next);
            sum += Loudness[f] * next;
        }

        return sum;
    }

    /// <summary>What a resonator keeps of the last value and of the one before.</summary>
    private readonly record struct Resonance(double Last, double LastButOne)
    {
        public static Resonance At(int frequency, int order)
        {
            var radius = Math.Exp(-Math.PI * (60 + (40 * order)) / AudioClip.SampleRate);
            return new(2 * radius * Math.Cos(2 * Math.PI * frequency / AudioClip.SampleRate), radius * radius);
        }
    }
}
