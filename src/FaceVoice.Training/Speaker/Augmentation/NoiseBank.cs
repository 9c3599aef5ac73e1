using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>Long stretches of white, pink and brown noise of unit power, from which crops take random parts. Immutable, so thread-safe.</summary>
internal sealed class NoiseBank
{
    private const int Length = 1 << 19;
    private readonly float[][] _colours;

    public NoiseBank(ulong seed)
    {
        var random = RandomSource.Derive(seed, RandomPurpose.NoiseBank);
        var (white, pink, brown) = (new float[Length], new float[Length], new float[Length]);
        double p0 = 0, p1 = 0, p2 = 0, b = 0;
        for (var i = 0; i < Length; i++)
        {
            var w = random.NextNormal();
            white[i] = (float)w;

            // Three one-pole filters whose sum falls by 3 dB an octave (P. Kellet's economy filter).
            p0 = (0.99765 * p0) + (w * 0.0990460);
            p1 = (0.96300 * p1) + (w * 0.2965164);
            p2 = (0.57000 * p2) + (w * 1.0526913);
            pink[i] = (float)(p0 + p1 + p2 + (w * 0.1848));
            b = (0.998 * b) + (0.0632 * w);
            brown[i] = (float)b;
        }

        _colours = [white, pink, brown];
        foreach (var colour in _colours)
        {
            TensorPrimitives.Divide(colour, MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(colour) / Length), colour);
        }
    }

    /// <summary>Fills with a random mixture of the colours; sometimes its loudness swells and falls a few times a second.</summary>
    public void Fill(Span<float> noise, RandomSource random)
    {
        noise.Clear();
        foreach (var colour in _colours)
        {
            var weight = (float)Math.Pow(random.NextDouble(), 2);
            var start = random.NextInt(Length - noise.Length);
            TensorPrimitives.MultiplyAdd(colour.AsSpan(start, noise.Length), weight, noise, noise);
        }

        if (random.NextDouble() < 0.3)
        {
            Swell(noise, random);
        }
    }

    public static bool Fits(int samples) => samples < Length;

    private static void Swell(Span<float> noise, RandomSource random)
    {
        const int Step = 160;
        var depth = random.NextDouble() * 0.9;
        var rate = 2 * Math.PI * (0.5 + (5 * random.NextDouble())) * Step / 16_000;
        var phase = 2 * Math.PI * random.NextDouble();
        for (var i = 0; i < noise.Length; i += Step)
        {
            var part = noise.Slice(i, Math.Min(Step, noise.Length - i));
            TensorPrimitives.Multiply(part, (float)(1 + (depth * Math.Sin(phase + (rate * (i / Step))))), part);
        }
    }
}
