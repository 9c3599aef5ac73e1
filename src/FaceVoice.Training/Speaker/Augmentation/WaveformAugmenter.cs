using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>Varies one crop: room, noise, babble, channel, gain, in that order, each by its own chance. Thread-safe; what happens depends on the random stream alone.</summary>
/// <param name="options">The chances.</param>
/// <param name="seed">Seed of the noise.</param>
internal sealed class WaveformAugmenter(AugmentationOptions options, ulong seed)
{
    private const int BabbleVoices = 4;
    private readonly NoiseBank _noise = new(seed);

    /// <summary>Fills a buffer with a random other voice.</summary>
    public delegate void OtherVoice(Span<float> destination, RandomSource random);

    public void Apply(Span<float> sound, RandomSource random, OtherVoice otherVoice)
    {
        // The draws come first and always in the same number, so that switching one kind off leaves the others' choices alone.
        var (room, noise, babble) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
        var (band, telephone, gain) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
        if (room < options.Reverberation)
        {
            RoomSimulator.Apply(sound, random);
        }

        if (noise < options.Noise && NoiseBank.Fits(sound.Length))
        {
            var buffer = new float[sound.Length];
            _noise.Fill(buffer, random);
            Mix(sound, buffer, Snr(random));
        }

        if (babble < options.Babble)
        {
            Mix(sound, Babble(sound.Length, random, otherVoice), Snr(random) + 3);
        }

        if (telephone < options.Telephone)
        {
            Telephone(sound);
        }
        else if (band < options.BandLimit)
        {
            FirFilter.BandPass(350 * Math.Pow(random.NextDouble(), 2), 2_500 + (5_000 * random.NextDouble())).Apply(sound);
        }

        if (gain < options.Gain)
        {
            TensorPrimitives.Multiply(sound, (float)Math.Pow(10, (-20 + (26 * random.NextDouble())) / 20), sound);
            TensorPrimitives.Clamp(sound, -1f, 1f, sound);
        }
    }

    /// <summary>Adds noise at a ratio of powers in decibel; silence on either side adds nothing.</summary>
    internal static void Mix(Span<float> sound, ReadOnlySpan<float> noise, double decibel)
    {
        var (signal, other) = (TensorPrimitives.SumOfSquares<float>(sound), TensorPrimitives.SumOfSquares(noise));
        if (signal > 0 && other > 0)
        {
            TensorPrimitives.MultiplyAdd(noise, (float)(Math.Sqrt(signal / other) * Math.Pow(10, -decibel / 20)), sound, sound);
        }
    }

    private double Snr(RandomSource random) => options.MinSnr + ((options.MaxSnr - options.MinSnr) * random.NextDouble());

    private static float[] Babble(int samples, RandomSource random, OtherVoice otherVoice)
    {
        var sum = new float[samples];
        var one = new float[samples];
        for (var voices = 1 + random.NextInt(BabbleVoices); voices > 0; voices--)
        {
            otherVoice(one, random);
            Mix1(sum, one);
        }

        return sum;
    }

    private static void Mix1(Span<float> sum, ReadOnlySpan<float> voice)
    {
        var power = TensorPrimitives.SumOfSquares(voice) / voice.Length;
        if (power > 0)
        {
            TensorPrimitives.MultiplyAdd(voice, 1 / MathF.Sqrt(power), sum, sum);
        }
    }

    private static void Telephone(Span<float> sound)
    {
        FirFilter.BandPass(300, 3_400).Apply(sound);
        var peak = TensorPrimitives.MaxMagnitude<float>(sound);
        if (peak != 0)
        {
            TensorPrimitives.Multiply(sound, 0.5f / Math.Abs(peak), sound);
        }

        MuLaw.Apply(sound);
    }
}
